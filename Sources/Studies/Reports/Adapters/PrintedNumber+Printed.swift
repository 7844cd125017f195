extension PrintedNumber {
  /// An article's row, number by number. Accuracies were printed in percent with two decimals, losses with four.
  public static func all(of printed: Printed) -> [PrintedNumber] {
    let accuracies: [(Quantity, Double?)] = [
      (.last(metric: "accuracy"), printed.train), (.last(metric: "val_accuracy"), printed.test),
      (.best(metric: "val_accuracy"), printed.best), (.at(metric: "accuracy", epoch: 1), printed.firstTrain),
      (.at(metric: "val_accuracy", epoch: 1), printed.firstTest),
    ]
    let losses: [(Quantity, Double?)] = [
      (.last(metric: "loss"), printed.trainLoss), (.last(metric: "val_loss"), printed.testLoss),
      (.at(metric: "loss", epoch: 1), printed.firstTrainLoss),
      (.at(metric: "val_loss", epoch: 1), printed.firstTestLoss),
    ]
    var numbers = accuracies.compactMap { quantity, value in
      value.map { PrintedNumber(quantity, $0 / 100, resolution: 1e-4) }
    }
    numbers += losses.compactMap { quantity, value in value.map { PrintedNumber(quantity, $0, resolution: 1e-4) } }
    if let epoch = printed.bestEpoch {
      numbers.append(PrintedNumber(.bestEpoch(metric: "val_accuracy"), Double(epoch)))
    }
    for (target, epoch) in zip([0.95, 0.97, 0.98], printed.reached ?? []) {
      numbers.append(PrintedNumber(.firstEpoch(metric: "val_accuracy", target: target), epoch.map(Double.init)))
    }
    if let seconds = printed.seconds { numbers.append(PrintedNumber(.seconds, seconds)) }
    return numbers
  }
}
