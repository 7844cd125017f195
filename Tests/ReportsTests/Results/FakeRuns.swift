import Reports

/// A history of accuracies without a training.
func history(train: [Double], test: [Double], loss: [Double] = [], seconds: Double) -> History {
  History(
    epochs: train.indices.map { index in
      var metrics: [(String, Double)] = [("accuracy", train[index]), ("val_accuracy", test[index])]
      if index < loss.count { metrics += [("loss", loss[index]), ("val_loss", 2 * loss[index])] }
      return EpochRecord(
        epoch: index, step: 600 * index, metrics: .init(uniqueKeysWithValues: metrics),
        trainingSeconds: seconds / Double(train.count))
    })
}

/// An arm that ran once, one that ran with three seeds, one that failed, and one with nothing published.
let fakeResults = [
  ArmResult(
    Arm(
      "relu", [:], published: PublishedValues(train: 100, test: 97.85, best: 97.88, reached: [2, 5, nil], seconds: 41)),
    runs: [(10, history(train: [0.1, 0.95, 0.99, 1], test: [0.08, 0.94, 0.9512, 0.975], seconds: 12.5))]),
  ArmResult(
    Arm("tanhExp", [:], published: PublishedValues(test: 97.6, best: 99, reached: [1], seconds: 93)),
    runs: [
      (0, history(train: [0, 0.99, 1], test: [0, 0.95, 0.97], loss: [2, 1, 0.5], seconds: 60)),
      (1, history(train: [0, 0.97, 0.98], test: [0, 0.98, 0.98], loss: [2, 1.5, .nan], seconds: 125)),
      (2, history(train: [0, 0.98, 0.99], test: [0, 0.94, 0.985], loss: [2, 0.5, 0.25], seconds: 94)),
    ]),
  ArmResult(
    Arm("diverged", [:]),
    runs: [(0, history(train: [0.1, .nan], test: [0.1, .nan], loss: [2, .infinity], seconds: 3))]),
  ArmResult(Arm("waiting", [:])),
]
