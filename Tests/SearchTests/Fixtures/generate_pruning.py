"""Writes pruning.json: learning curves, and which trials Optuna's pruners let go on from each rung.

    python generate_pruning.py

Run with Optuna 5.0.0 and NumPy 2.4.6. Optuna decides about a trial when it reports, knowing the trials that reported before
it. Here every trial of a bracket has reported when one is decided on, as in synchronous halving.
"""

import json
import math
from pathlib import Path

import numpy as np
import optuna
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)


def decides_to_prune(make_pruner, curves, losses, earlier, trial, step):
    """Whether the pruner stops `trial` after `step` epochs; `losses` has those of all that reached this rung, by trial."""
    study = optuna.create_study(study_name="recorded", pruner=make_pruner())
    for number in range(len(curves)):
        attributes = {f"completed_rung_{rung}": value for rung, value in enumerate(earlier[number])}
        if number != trial and number in losses and not math.isnan(losses[number]):
            attributes[f"completed_rung_{len(earlier[number])}"] = losses[number]
        reports = {epoch: curves[number][epoch - 1] for epoch in range(1, step + 1)}
        study.add_trial(create_trial(state=TrialState.RUNNING, intermediate_values=reports, system_attrs=attributes))
    return study.pruner.prune(study, study.get_trials()[trial])


def promotions(make_pruner, curves, trials, rungs):
    """Which trials go on from each rung."""
    earlier = {number: [] for number in range(len(curves))}
    going, decided = list(trials), []
    for step in rungs:
        losses = {number: curves[number][step - 1] for number in going}
        going = [n for n in going if not decides_to_prune(make_pruner, curves, losses, earlier, n, step)]
        for number in losses:
            earlier[number].append(losses[number])
        decided.append(going)
    return decided


def curves_of(generator, trials, epochs):
    """Losses that fall from about one to a level, at a speed and with noise of their own."""
    level, speed = generator.uniform(0.05, 0.6, trials), generator.uniform(0.1, 1.0, trials)
    time = np.arange(1, epochs + 1)
    curves = level[:, None] + np.exp(-speed[:, None] * time) + generator.normal(0, 0.02, (trials, epochs))
    return np.round(curves, 4)


def main():
    cases = []
    for seed, (trials, epochs, reduction, first, diverged) in enumerate(
        [(9, 9, 3, 1, []), (20, 27, 3, 1, [4, 9, 11]), (20, 16, 4, 2, []), (7, 10, 4, 1, [0, 6]), (30, 12, 2, 3, [])]
    ):
        curves = curves_of(np.random.default_rng(seed), trials, epochs)
        curves[diverged, 0:] = math.nan
        curves = curves.tolist()
        rungs = [first * reduction**k for k in range(20) if first * reduction**k < epochs]

        def halving():
            return optuna.pruners.SuccessiveHalvingPruner(min_resource=first, reduction_factor=reduction)

        def hyperband():
            return optuna.pruners.HyperbandPruner(min_resource=first, max_resource=epochs, reduction_factor=reduction)

        case = {"epochs": epochs, "reduction": reduction, "first": first,
                "curves": [[None if math.isnan(x) else x for x in curve] for curve in curves],
                "rungs": rungs, "halving": promotions(halving, curves, range(trials), rungs), "hyperband": []}
        # Optuna draws a trial's bracket from its number; ask which it is.
        pruner = hyperband()
        study = optuna.create_study(study_name="recorded", pruner=pruner)
        study.add_trial(create_trial(state=TrialState.RUNNING, intermediate_values={1: 1.0}))
        pruner.prune(study, study.get_trials()[0])
        brackets = {}
        for number in range(trials):
            trial = create_trial(state=TrialState.RUNNING, intermediate_values={1: 1.0})
            trial.number = number
            brackets.setdefault(pruner._get_bracket_id(study, trial), []).append(number)
        case["shares"] = pruner._trial_allocation_budgets
        for bracket, members in sorted(brackets.items()):
            later = rungs[bracket:]
            case["hyperband"].append(
                {"trials": members, "rungs": later, "promoted": promotions(hyperband, curves, members, later)})
        cases.append(case)
    text = json.dumps({"optuna": optuna.__version__, "numpy": np.__version__})[:-1]
    text += ', "cases": [\n' + ",\n".join(map(json.dumps, cases)) + "\n]}\n"
    Path(__file__).with_name("pruning.json").write_text(text)
    print(len(cases), "cases,", len(text), "bytes")


main()
