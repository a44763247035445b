"""Draws -> datasets -> InferenceData or DataTree; a result or a file -> Recipe."""

import lazy_loader

# ArviZ 0.x takes seconds to import: `container` brings it in when a fit is handed out. h5netcdf is
# brought in by `growing`, when a file is.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
