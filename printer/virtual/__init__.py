"""A receipt printer that is only software: it takes bytes and gives back pictures.

It speaks ESC/POS over raw TCP or a pseudo terminal, answers status requests and fences like a
real one, and has its faults on switches that work at any time, also in the middle of a receipt::

    printer = VirtualPrinter(on_receipt=lambda png, raw: ...)
    host, port = printer.start()
    printer.set_faults(paper_out=True)
    printer.stop()

``interpreter`` knows the command language, ``paper`` collects the dots, ``faults`` lists what can
go wrong, ``device`` has the mechanism, the status replies and the connections.
"""

from printer.virtual.device import VirtualPrinter
from printer.virtual.faults import Faults

__all__ = ["Faults", "VirtualPrinter"]
