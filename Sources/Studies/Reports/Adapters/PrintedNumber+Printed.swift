extension PrintedNumber {
  /// An article's row, number by number. Accuracies were printed in percent with two decimals.
  public static func all(of printed: Printed) -> [PrintedNumber] {
    let accuracies: [(Quantity, Double?)] = [
      (.last(metric: "accuracy"), printed.train), (.last(metric: "val_accuracy"), printed.test),
      (.best(metric: "val_accuracy"), printed.best),
    ]
    var numbers = accuracies.compactMap { quantity, value in
      value.map { PrintedNumber(quantity, $0 / 100, resolution: 1e-4) }
    }
    for (target, epoch) in zip([0.95, 0.97, 0.98], printed.reached ?? []) {
      numbers.append(PrintedNumber(.firstEpoch(metric: "val_accuracy", target: target), epoch.map(Double.init)))
    }
    if let seconds = printed.seconds { numbers.append(PrintedNumber(.seconds, seconds)) }
    return numbers
  }
}
