import Configuration

extension Printed {
  /// The keys of single numbers, as they are written in plans.
  private static let numbers: [(key: String, path: WritableKeyPath<Printed, Double?> & Sendable)] = [
    ("train", \.train), ("test", \.test), ("best", \.best), ("trainLoss", \.trainLoss), ("testLoss", \.testLoss),
    ("firstTrain", \.firstTrain), ("firstTest", \.firstTest), ("firstTrainLoss", \.firstTrainLoss),
    ("firstTestLoss", \.firstTestLoss), ("seconds", \.seconds),
  ]

  /// Reads `{train: 100, test: 97.85, best: 97.88, reached: [2, 5, never], seconds: 41}`.
  init(_ options: Options) throws(ConfigurationError) {
    var options = options
    self.init()
    for (key, path) in Self.numbers {
      let value = try options.number(key, default: .nan)
      self[keyPath: path] = value.isNaN ? nil : value
    }
    let epoch = try options.integer("bestEpoch", default: 0, in: 0...Int(Int32.max))
    bestEpoch = epoch == 0 ? nil : epoch
    let origin = options.origin(of: "reached")
    if let value = options.take("reached") {
      guard case .list(let elements) = value.meaning else { throw Self.mismatch(value, origin) }
      var epochs: [Int?] = []
      for element in elements {
        switch element.meaning {
        case .text("never"): epochs.append(nil)
        case .number(let number) where Int(exactly: number) != nil: epochs.append(Int(exactly: number))
        default: throw Self.mismatch(value, origin)
        }
      }
      reached = epochs
    }
    try options.finish("'printed'")
  }

  /// What ``init(_:)`` reads.
  var yaml: String {
    let parts = Self.numbers.compactMap { key, path in self[keyPath: path].map { "\(key): \(OptionValue.number($0))" } }
    let epochs = reached.map { "reached: [" + $0.map { $0.map(String.init) ?? "never" }.joined(separator: ", ") + "]" }
    return "{" + (parts + [bestEpoch.map { "bestEpoch: \($0)" }, epochs].compactMap(\.self)).joined(separator: ", ")
      + "}"
  }

  private static func mismatch(_ value: OptionValue, _ origin: String) -> ConfigurationError {
    .wrongType(key: "reached", expected: "a list of epochs and 'never'", found: "\(value)", origin: origin)
  }
}
