"""Inputs of a small table with numbers, categories and missing values, as scikit-learn prepares them.

    python generate_tables.py

Statistics are of the rows whose part is `train`. Each case is a rule for missing values.
"""

import csv
import io
import sys
from pathlib import Path

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

sys.path.insert(0, str(Path(__file__).parents[2]))
from fixture_format import array, write_list  # noqa: E402

TEXT = """age,colour,part,height,label
31,red,train,1.75,yes
,blue,train,1.62,no
45,red,train,NA,yes
28,,train,1.81,no
31,"sea green",train,1.58,no
60,red,test,,yes
,blue,test,1.7,no
52,,test,1.66,yes
"""


def main():
    rows = list(csv.DictReader(io.StringIO(TEXT)))
    train = [i for i, row in enumerate(rows) if row["part"] == "train"]
    test = [i for i, row in enumerate(rows) if row["part"] == "test"]
    numbers = np.array([[float(row[c]) if row[c] not in ("", "NA") else np.nan for c in ("age", "height")] for row in rows])
    words = np.array([[row["colour"] or None] for row in rows], dtype=object)
    cases = []
    for rule in ("mean", "median", "mostFrequent", "indicator"):
        strategy = {"mostFrequent": "most_frequent", "indicator": "mean"}.get(rule, rule)
        imputer = SimpleImputer(strategy=strategy).fit(numbers[train])
        filled = imputer.transform(numbers)
        parts = [StandardScaler().fit(filled[train]).transform(filled)]
        if rule == "indicator":
            parts.append(np.isnan(numbers).astype(float))
            codes = np.where(words == None, "~missing", words)  # noqa: E711
        else:
            codes = SimpleImputer(strategy="most_frequent", missing_values=None).fit(words[train]).transform(words)
        encoder = OneHotEncoder(sparse_output=False, handle_unknown="ignore").fit(codes[train])
        parts.append(encoder.transform(codes))
        inputs = np.concatenate(parts, axis=1)
        cases.append({"name": rule, "text": TEXT, "train": array(inputs[train]), "test": array(inputs[test])})
    write_list(__file__, "tables.json", cases)


main()
