"""History to forecast: calendar effects, models, bands, backtest."""
