"""Programs as formulas: equations whose sides are small trees, for a printer to spell out."""
