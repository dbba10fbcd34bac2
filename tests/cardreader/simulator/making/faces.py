"""Portraits of people who do not exist: flat illustrations, drawn, so that nobody's face is used.

Everything is drawn in a space of 480 by 600 units.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from tests.cardreader.simulator.making.drawing import (
    SCALE,
    Canvas,
    Colour,
    Point,
    mix,
    scaled,
    smooth,
)

WIDTH, HEIGHT = 480, 600
_TARGET_BYTES = 13_500


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody is drawn."""

    skin: Colour
    headwear: str
    """``kumma``, ``massar``, ``scarf`` or ``none``."""
    cloth: Colour
    """Colour of the headwear, or of the shirt without one."""
    accent: Colour
    """Embroidery, folds, collar."""
    hair: Colour = (38, 30, 28)
    beard: str = "none"
    """``none``, ``moustache``, ``short`` or ``full``."""
    glasses: bool = False
    ground: Colour = (206, 221, 228)
    age: int = 0
    """0 young, 1 middle-aged, 2 old: lines in the face."""


_OLIVE: Colour = (214, 168, 128)
_TAN: Colour = (196, 146, 106)
_BROWN: Colour = (161, 112, 77)
_LIGHT: Colour = (229, 188, 152)
_GREY: Colour = (150, 146, 142)

LOOKS: dict[str, Look] = {
    "citizen-active": Look(_TAN, "kumma", (247, 244, 236), (35, 122, 111), beard="short"),
    "citizen-new": Look(_LIGHT, "scarf", (88, 124, 158), (66, 97, 128), ground=(226, 222, 214)),
    "citizen-letter": Look(_OLIVE, "scarf", (172, 120, 76), (140, 92, 56), age=1),
    "resident-worker": Look(
        _BROWN, "none", (45, 92, 140), (235, 150, 40), beard="moustache", ground=(214, 224, 216)
    ),
    "employer-owner": Look(
        _OLIVE, "scarf", (60, 52, 66), (44, 38, 50), glasses=True, age=1, ground=(222, 214, 222)
    ),
    "operator": Look(_OLIVE, "kumma", (250, 247, 240), (150, 62, 62), beard="short", glasses=True),
    "technician": Look(_TAN, "scarf", (38, 110, 104), (26, 84, 80), ground=(224, 226, 214)),
    "expired": Look(
        _BROWN, "massar", (238, 231, 218), (158, 92, 58), hair=_GREY, beard="full", age=2
    ),
    "revoked": Look(_LIGHT, "scarf", (150, 84, 104), (122, 64, 84), age=1),
    "pin-blocked": Look(
        _TAN, "massar", (226, 236, 240), (52, 96, 140), beard="full", age=1, ground=(228, 220, 208)
    ),
    "last-try": Look(_OLIVE, "scarf", (122, 148, 122), (96, 122, 98), ground=(230, 226, 218)),
    "forged": Look(_OLIVE, "kumma", (244, 240, 228), (122, 92, 40), beard="moustache", age=1),
    "unknown-issuer": Look(
        _TAN, "massar", (246, 240, 232), (110, 70, 130), beard="short", ground=(216, 216, 228)
    ),
    "mute": Look(_BROWN, "massar", (232, 226, 204), (84, 118, 60), hair=_GREY, beard="full", age=2),
    "foreign": Look(_LIGHT, "scarf", (108, 96, 150), (84, 72, 124), ground=(230, 224, 228)),
}


def portrait(persona_id: str) -> bytes:
    """The JPEG of a persona, 480 by 600 pixels, about 12 KB."""
    image = _Portrait(LOOKS[persona_id]).draw()
    for quality in range(88, 50, -2):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True, subsampling=2)
        if out.tell() <= _TARGET_BYTES:
            break
    return out.getvalue()


class _Portrait(Canvas):
    def __init__(self, look: Look) -> None:
        super().__init__(WIDTH, HEIGHT, look.ground)
        self.look = look

    def draw(self) -> Image.Image:
        look = self.look
        self._background()
        if look.headwear == "scarf":
            self._scarf_behind()
            self._face(_OPENING)
            self._features()
            self._scarf_front()
        else:
            self._body()
            self._ears()
            self._neck_and_face()
            self._hair_sides()
            if look.beard in ("short", "full"):
                self._beard()
            self._features()
            {"kumma": self._kumma, "massar": self._massar, "none": self._hair}[look.headwear]()
        return self.finished()

    # Parts, from back to front -----------------------------------------------------------------

    def _background(self) -> None:
        light = mix(self.look.ground, (255, 255, 255), 0.45)
        for row in range(HEIGHT * SCALE):
            colour = mix(light, self.look.ground, row / (HEIGHT * SCALE))
            self.pen.line([(0, row), (WIDTH * SCALE, row)], fill=colour)

    def _body(self) -> None:
        """A dishdasha, or a work shirt when there is no headwear."""
        worker = self.look.headwear == "none"
        cloth = self.look.cloth if worker else (246, 246, 244)
        self.shape(
            [(-60, 660), (20, 540), (110, 492), (190, 470), (240, 478), (290, 470),
             (370, 492), (460, 540), (540, 660), (240, 700)],
            cloth,
        )  # fmt: skip
        fold = mix(cloth, (40, 50, 70), 0.12)
        self.stroke([(92, 602), (100, 570), (112, 545)], 4, fold)
        self.stroke([(388, 602), (380, 570), (368, 545)], 4, fold)
        if worker:
            self._vest()

    def _vest(self) -> None:
        """A safety vest over the shirt, with its reflective bands."""
        orange, silver = self.look.accent, (228, 230, 226)
        for side in (-1, 1):
            x = 240 + side * 8
            self.shape(
                [(x + side * 52, 478), (x + side * 100, 500), (x + side * 128, 560),
                 (x + side * 130, 640), (x + side * 12, 640), (x + side * 6, 570)],
                orange,
            )  # fmt: skip
            self.stroke(
                [(x + side * 84, 494), (x + side * 80, 550), (x + side * 82, 610)], 16, silver
            )

    def _collar(self, skin_shadow: Colour) -> None:
        if self.look.headwear == "none":
            for side in (-1, 1):
                self.shape(
                    [(240 + side * 60, 446), (240 + side * 74, 482), (240 + side * 34, 522),
                     (240 + side * 4, 500), (240 + side * 30, 478)],
                    mix(self.look.cloth, (255, 255, 255), 0.16),
                )  # fmt: skip
            return
        self.shape([(172, 462), (206, 494), (240, 504), (274, 494), (308, 462),
                    (318, 482), (280, 512), (240, 522), (200, 512), (162, 482)],
                   (232, 233, 232))  # fmt: skip
        self.stroke([(240, 516), (240, 604)], 3, (214, 216, 218))
        # The tassel, al-farakha, hangs a little to the side.
        self.stroke([(262, 512), (264, 548)], 4, self.look.accent)
        self.shape([(256, 548), (272, 548), (277, 586), (264, 590), (251, 586)], self.look.accent)
        self.oval(264, 548, 8, 7, mix(self.look.accent, skin_shadow, 0.25))

    def _ears(self) -> None:
        shadow = mix(self.look.skin, (90, 40, 30), 0.22)
        for side in (-1, 1):
            self.oval(240 + side * 101, 292, 19, 32, self.look.skin)
            self.oval(240 + side * 103, 293, 9, 19, shadow)

    def _neck_and_face(self) -> None:
        skin = self.look.skin
        shadow = mix(skin, (110, 55, 40), 0.24)
        self.shape([(192, 350), (288, 350), (290, 440), (304, 476), (240, 512), (176, 476),
                    (190, 440)], shadow)  # fmt: skip
        self._collar(shadow)
        self._face(_FACE)

    def _face(self, outline: Sequence[Point]) -> None:
        self.shape(outline, self.look.skin)
        self.shade(_side_of_face, outline, 26, 12)

    def _hair_sides(self) -> None:
        for side in (-1, 1):
            self.shape(
                [(240 + side * 104, 190), (240 + side * 106, 232), (240 + side * 100, 272),
                 (240 + side * 91, 268), (240 + side * 88, 214)],
                self.look.hair,
            )  # fmt: skip

    def _beard(self) -> None:
        hair, full = self.look.hair, self.look.beard == "full"
        drop = 30.0 if full else 6.0
        tone = hair if full else mix(hair, self.look.skin, 0.18)
        outer: list[Point] = [(138, 292), (142, 348), (164, 396), (204, 428 + drop),
                              (240, 436 + drop), (276, 428 + drop), (316, 396), (338, 348),
                              (342, 292)]  # fmt: skip
        inner: list[Point] = [(330, 322), (306, 352), (280, 350), (240, 344), (200, 350),
                              (174, 352), (150, 322)]  # fmt: skip
        self.shape(outer + inner, tone)
        self.oval(240, 379, 33, 15, self.look.skin)

    def _features(self) -> None:
        look = self.look
        line = mix(look.skin, (84, 36, 26), 0.42)
        woman = look.headwear == "scarf"
        for side in (-1, 1):
            x = 240 + side * 45
            self._eye(x, side, woman=woman)
            self.oval(240 + side * 58, 336, 21, 13, mix(look.skin, (214, 98, 84), 0.16))
            if look.age >= 1:
                self.stroke(
                    [(x - 15, 309), (x, 315), (x + 15, 310)], 2.2, mix(look.skin, line, 0.5)
                )
            if look.age >= 2:
                self.stroke([(240 + side * 40, 334), (240 + side * 54, 358)], 2.6,
                            mix(look.skin, line, 0.6))  # fmt: skip
        self.stroke([(245, 292), (250, 318), (254, 333), (243, 340), (230, 337)], 4, line)
        if look.beard != "none":
            for side in (-1, 1):
                self.shape(
                    [(240, 352), (240 + side * 26, 350), (240 + side * 50, 366),
                     (240 + side * 46, 374), (240 + side * 22, 366), (240, 367)],
                    look.hair,
                )  # fmt: skip
        self._mouth(woman=woman)
        if look.glasses:
            self._glasses()

    def _eye(self, x: float, side: int, *, woman: bool) -> None:
        dark = (52, 34, 28)
        brow = self.look.hair if not woman else (58, 42, 38)
        self.shape([(x - 21, 290), (x - 8, 280), (x + 9, 280), (x + 21, 290), (x + 8, 299),
                    (x - 9, 299)], (252, 250, 247))  # fmt: skip
        self.oval(x, 289, 9.6, 9.8, (88, 54, 34))
        self.oval(x, 289, 5, 5.2, (26, 18, 16))
        self.oval(x + 3, 285, 2.6, 2.6, (255, 255, 255))
        self.stroke([(x - 22, 290), (x - 9, 280), (x + 9, 280), (x + 22, 290)],
                    4.4 if woman else 3, dark)  # fmt: skip
        if woman:
            self.stroke([(x + side * 20, 289), (x + side * 28, 283)], 3.4, dark)
        rise = 4 if woman else 2
        self.stroke(
            [(x - side * 24, 262), (x + side * 2, 256 - rise), (x + side * 27, 264)],
            5 if woman else 8,
            brow,
        )

    def _mouth(self, *, woman: bool) -> None:
        lip = mix(self.look.skin, (172, 52, 58), 0.52 if woman else 0.36)
        self.shape([(206, 376), (228, 371), (240, 374), (252, 371), (274, 376), (258, 391),
                    (240, 395), (222, 391)], lip)  # fmt: skip
        self.stroke([(207, 377), (226, 381), (240, 382), (254, 381), (273, 377)], 2.6,
                    mix(lip, (70, 18, 20), 0.55))  # fmt: skip

    def _glasses(self) -> None:
        frame = (46, 42, 48)
        for side in (-1, 1):
            x = 240 + side * 46
            outline = smooth([(x - 32, 276), (x, 270), (x + 32, 276), (x + 31, 300), (x, 314),
                               (x - 31, 300)])  # fmt: skip
            self.pen.line(
                scaled([*outline, outline[0]]), fill=frame, width=4 * SCALE, joint="curve"
            )
            self.stroke([(240 + side * 78, 284), (240 + side * 100, 280)], 4, frame)
        self.stroke([(226, 284), (240, 280), (254, 284)], 4, frame)

    def _hair(self) -> None:
        self.shape(
            [(136, 262), (128, 190), (158, 138), (214, 116), (276, 118), (326, 144), (352, 196),
             (344, 262), (334, 228), (312, 208), (262, 204), (206, 196), (170, 210), (148, 228)],
            self.look.hair,
        )  # fmt: skip
        shine = mix(self.look.hair, (255, 255, 255), 0.14)
        self.stroke([(176, 166), (212, 144), (258, 140)], 6, shine)

    def _kumma(self) -> None:
        """The embroidered round cap."""
        cloth, thread = self.look.cloth, self.look.accent
        self.shape(_CAP, cloth)
        self.shade(_cap_shadow, _CAP, 30, 7)
        self.stroke([(136, 220), (184, 203), (240, 198), (296, 203), (344, 220)], 5, thread)
        self.stroke([(140, 140), (190, 126), (240, 122), (290, 126), (340, 140)], 3, thread)
        pale = mix(thread, cloth, 0.35)
        for index in range(9):
            x = 148 + index * 23
            y = 170 - 12 * math.cos((x - 240) / 78)
            self._star(x, y, 9.5, thread)
            self.oval(x, y, 3.2, 3.2, cloth)
            if index < 8:
                self.oval(x + 11.5, y - 19, 2.6, 2.6, pale)
                self.oval(x + 11.5, y + 19, 2.6, 2.6, pale)

    def _star(self, x: float, y: float, radius: float, fill: Colour) -> None:
        points = []
        for corner in range(16):
            reach = radius if corner % 2 == 0 else radius * 0.62
            angle = corner * math.pi / 8
            points.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
        self.pen.polygon(scaled(points), fill=fill)

    def _massar(self) -> None:
        """The wrapped turban: three turns of cloth, the last one across the forehead."""
        cloth, pattern = self.look.cloth, self.look.accent
        fold = mix(cloth, (80, 70, 70), 0.22)
        self.shape([(122, 212), (112, 160), (140, 110), (192, 84), (240, 78), (292, 86),
                    (342, 112), (368, 162), (358, 212), (300, 196), (240, 192), (180, 196)],
                   cloth)  # fmt: skip
        self.shape([(116, 178), (150, 126), (220, 96), (300, 92), (350, 122), (288, 122),
                    (220, 138), (160, 168)], mix(cloth, (255, 255, 255), 0.3))  # fmt: skip
        self.stroke([(122, 178), (170, 140), (240, 116), (330, 108)], 3.4, fold)
        self.stroke([(118, 200), (176, 168), (250, 142), (352, 134)], 3.4, fold)
        self.shape([(114, 196), (146, 172), (240, 158), (330, 164), (366, 186), (364, 222),
                    (340, 234), (296, 214), (240, 207), (184, 214), (140, 236), (118, 226)],
                   cloth)  # fmt: skip
        self.stroke([(120, 196), (168, 174), (240, 165), (312, 172), (358, 192)], 2.6, fold)
        self.stroke([(128, 222), (184, 202), (240, 196), (296, 202), (350, 220)], 3.4, pattern)
        for index in range(10):
            x = 138 + index * 22.6
            y = 199 - 15 * math.cos((x - 240) / 78)
            self._star(x, y - 4, 7.5, pattern)
        self.stroke([(352, 182), (376, 214), (382, 262), (372, 300)], 20, cloth)
        self.stroke([(362, 216), (370, 262), (364, 296)], 3, fold)
        for step in range(3):
            self.stroke([(364 + step * 5, 300), (361 + step * 6, 318)], 2.4, pattern)

    def _scarf_behind(self) -> None:
        look = self.look
        robe = mix(look.accent, (24, 22, 30), 0.62)
        self.shape(
            [(-40, 660), (34, 548), (120, 500), (190, 474), (240, 480), (290, 474), (360, 500),
             (446, 548), (520, 660), (240, 700)],
            robe,
        )  # fmt: skip
        self.shape(
            [(118, 300), (108, 226), (132, 148), (184, 104), (240, 93), (296, 104), (348, 148),
             (372, 226), (362, 300), (356, 380), (372, 470), (350, 530), (240, 560), (130, 530),
             (108, 470), (124, 380)],
            look.cloth,
        )  # fmt: skip

    def _scarf_front(self) -> None:
        """The cloth around the face, the wrap under the chin and its folds."""
        look = self.look
        fold = look.accent
        light = mix(look.cloth, (255, 255, 255), 0.2)
        self.stroke([(164, 212), (196, 188), (240, 181), (284, 188), (316, 212)], 5, light)
        self.shape([(126, 386), (180, 432), (240, 446), (300, 432), (354, 386), (374, 452),
                    (352, 506), (276, 540), (200, 540), (128, 506), (106, 452)],
                   look.cloth)  # fmt: skip
        self.stroke([(130, 398), (184, 450), (262, 468), (350, 440)], 4, fold)
        self.stroke([(114, 446), (176, 492), (262, 508), (362, 476)], 4, fold)
        self.stroke([(150, 414), (210, 444), (290, 442), (344, 410)], 3, light)
        self.stroke([(140, 176), (168, 140), (212, 120)], 4, light)
        self.stroke([(122, 250), (126, 320), (134, 370)], 3, fold)
        self.stroke([(358, 250), (354, 320), (346, 370)], 3, fold)
        self.shape([(300, 470), (352, 446), (372, 520), (360, 604), (296, 604), (290, 530)],
                   mix(look.cloth, fold, 0.35))  # fmt: skip
        self.stroke([(326, 480), (334, 540), (328, 600)], 3, fold)


_CAP: list[Point] = [
    (130, 226), (132, 168), (150, 128), (196, 110), (240, 106), (284, 110),
    (330, 128), (348, 168), (350, 226), (296, 208), (240, 203), (184, 208),
]  # fmt: skip
_FACE: list[Point] = [
    (240, 146), (186, 158), (148, 200), (138, 262), (142, 322), (162, 376), (202, 414), (240, 426),
    (278, 414), (318, 376), (338, 322), (342, 262), (332, 200), (294, 158),
]  # fmt: skip


_OPENING: list[Point] = [
    (240, 180), (196, 187), (162, 212), (146, 262), (150, 326), (166, 378), (202, 414), (240, 426),
    (278, 414), (314, 378), (330, 326), (334, 262), (318, 212), (284, 187),
]  # fmt: skip
"""What a headscarf leaves free."""


def _side_of_face(pen: ImageDraw.ImageDraw) -> None:
    points: list[Point] = [(342, 230), (338, 322), (318, 376), (278, 414), (246, 424), (292, 372),
                           (316, 300)]  # fmt: skip
    pen.polygon(scaled(smooth(points)), fill=255)


def _cap_shadow(pen: ImageDraw.ImageDraw) -> None:
    points: list[Point] = [(134, 216), (184, 200), (240, 195), (296, 200), (346, 216), (346, 206),
                           (240, 184), (134, 206)]  # fmt: skip
    pen.polygon(scaled(smooth(points)), fill=255)
