"""Made series with known faults, from generators that share nothing: what detectors and forecasts are judged by."""
