"""A linear regression on a standardized target: scikit-learn's TransformedTargetRegressor.

    python generate_standardized_target.py

Rows whose part is `train` fit inputs' and target's scalers and the regression; predictions and scores are of the others,
in the target's own unit.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def main():
    random = np.random.default_rng(3)
    x = np.round(random.normal(size=(120, 2)) * [3, 40] + [1, 200], 3)
    # Large beside its spread, so that single precision would lose digits in the target's own unit.
    y = np.round(100_000 + 4 * x[:, 0] - 0.5 * x[:, 1] + random.normal(size=120) * 5, 3)
    part = np.where(np.arange(120) % 4 == 3, "test", "train")
    text = "a,b,part,y\n" + "".join(f"{a},{b},{p},{t}\n" for (a, b), p, t in zip(x, part, y))
    train, test = part == "train", part == "test"
    model = TransformedTargetRegressor(make_pipeline(StandardScaler(), LinearRegression()), transformer=StandardScaler())
    model.fit(x[train], y[train])
    predictions = model.predict(x[test])
    scores = {
        "meanAbsoluteError": mean_absolute_error(y[test], predictions),
        "meanSquaredError": mean_squared_error(y[test], predictions),
        "r2": r2_score(y[test], predictions),
        "loss": mean_squared_error(
            model.transformer_.transform(y[test, None]), model.transformer_.transform(predictions[:, None])),
    }
    fixture = {"text": text, "mean": float(model.transformer_.mean_[0]), "deviation": float(model.transformer_.scale_[0]),
               "predictions": predictions.tolist(), "scores": {k: float(v) for k, v in scores.items()}}
    Path(__file__).with_name("standardized_target.json").write_text(json.dumps(fixture) + "\n")


main()
