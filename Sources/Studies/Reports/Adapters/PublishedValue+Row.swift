extension PublishedValue {
  /// What was published of an arm, value by value. Accuracies are in percent with two decimals, losses have four.
  public static func all(of published: PublishedValues) -> [PublishedValue] {
    let accuracies: [(Quantity, Double?)] = [
      (.last(metric: "accuracy"), published.train), (.last(metric: "val_accuracy"), published.test),
      (.best(metric: "val_accuracy"), published.best), (.at(metric: "accuracy", epoch: 1), published.firstTrain),
      (.at(metric: "val_accuracy", epoch: 1), published.firstTest),
    ]
    let losses: [(Quantity, Double?)] = [
      (.last(metric: "loss"), published.trainLoss), (.last(metric: "val_loss"), published.testLoss),
      (.at(metric: "loss", epoch: 1), published.firstTrainLoss),
      (.at(metric: "val_loss", epoch: 1), published.firstTestLoss),
    ]
    var numbers = accuracies.compactMap { quantity, value in
      value.map { PublishedValue(quantity, $0 / 100, resolution: 1e-4) }
    }
    numbers += losses.compactMap { quantity, value in value.map { PublishedValue(quantity, $0, resolution: 1e-4) } }
    if let epoch = published.bestEpoch {
      numbers.append(PublishedValue(.bestEpoch(metric: "val_accuracy"), Double(epoch)))
    }
    for (target, epoch) in zip([0.95, 0.97, 0.98], published.reached ?? []) {
      numbers.append(PublishedValue(.firstEpoch(metric: "val_accuracy", target: target), epoch.map(Double.init)))
    }
    if let seconds = published.seconds { numbers.append(PublishedValue(.seconds, seconds)) }
    return numbers
  }
}
