"""The machine that speaks while people label: trained again and again, beside the clicks."""
