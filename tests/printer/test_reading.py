"""Optical character recognition reads what the printer printed: a smoke test of legibility."""

import os
import re
import shutil
import subprocess
import unicodedata
import warnings
from dataclasses import replace

import pytest
from PIL import Image

from printer.layout import render
from tests.printer.receipt_samples import TEMPLATES
from tests.printer.test_codes import on_paper
from tests.printer.test_raster import printed


@pytest.fixture(scope="module")
def tesseract():
    missing = "tesseract with ara and eng (tesseract-ocr, tesseract-ocr-ara) is not installed"
    if shutil.which("tesseract") is None:
        warnings.warn(f"nothing read the receipts: {missing}", stacklevel=1)
        pytest.skip(missing)
    listed = subprocess.run(
        ["tesseract", "--list-langs"], capture_output=True, text=True, timeout=30
    ).stdout.split()
    if not {"ara", "eng"} <= set(listed):
        warnings.warn(f"nothing read the receipts: {missing}", stacklevel=1)
        pytest.skip(missing)

    def read(image: Image.Image, path, languages: str) -> str:
        image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC).save(path)
        alone = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        command = ["tesseract", str(path), "-", "-l", languages, "--psm", "6", "--dpi", "406"]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=100, env=alone
        )
        return done.stdout

    return read


def plain(text: str) -> str:
    """Letters and digits only, without marks: where the reader may differ from the writer."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(c for c in letters if c.isalnum())


@pytest.mark.parametrize("template", ["ar", "en", "both"])
def test_number_service_and_date_are_read(template, tesseract, tray, tmp_path):
    # Without its code, which is no text, and each script by the model that knows it best.
    receipt = replace(TEMPLATES[template], qr_text="")
    paper = on_paper(printed(render(receipt, 576), tray))
    languages = {"ar": ("ara", "eng"), "en": ("eng",), "both": ("ara", "eng")}[template]
    text = "".join(tesseract(paper, tmp_path / "paper.png", each) for each in languages)
    read = plain(text)
    # Q, O and 0 are one to this reader.
    assert re.search("MNF7K2P4[QO0]{1,2}XD", read), text
    assert "21112026" in read, text
    if template != "en":
        assert plain("تقديم شكوى عمالية") in read, text
    if template != "ar":
        assert plain("File a labour complaint") in read, text
