"""How good forecasts were: backtests, accuracy, scores."""
