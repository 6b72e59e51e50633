"""The commands of forecasting."""
