import Arrays
import Formats
import Tensors

extension LabeledArrays {
  /// The records at `indices`, in that order; an index may occur several times.
  /// - Throws: ``DatasetError`` if an index isn't in 0..<count.
  public func records(at indices: [Int]) throws(DatasetError) -> LabeledArrays {
    if let index = indices.first(where: { !(0..<count).contains($0) }) {
      throw DatasetError(.invalidArgument(name: "index", value: "\(index)", allowed: "in 0..<\(count)"))
    }
    return try gathered(indices)
  }

  /// The first `length` records.
  /// - Throws: ``DatasetError`` unless 0 <= length <= count.
  public func prefix(_ length: Int) throws(DatasetError) -> LabeledArrays {
    guard (0...count).contains(length) else {
      throw DatasetError(
        .invalidArgument(name: "length", value: "\(length)", allowed: "between 0 and the \(count) records"))
    }
    return try gathered(0..<length)
  }

  /// The records in random order, drawn like NumPy's `shuffle` of their indices.
  public func shuffled(by random: inout NumPyRandomState) throws(DatasetError) -> LabeledArrays {
    try gathered(random.permutation(count))
  }

  /// Sets a random part of the records aside for validation; both parts keep the records' order.
  /// - Parameter validationFraction: the share set aside, rounded to whole records.
  /// - Throws: ``DatasetError`` unless each part gets a record.
  public func split(
    validationFraction: Double, seed: UInt32
  ) throws(DatasetError) -> (training: LabeledArrays, validation: LabeledArrays) {
    let size = try validationCount(validationFraction)
    var random = NumPyRandomState(seed: seed)
    let order = random.permutation(count)
    return (try gathered(order[size...].sorted()), try gathered(order[..<size].sorted()))
  }

  /// Sets the last records aside for validation: the end of a series.
  /// - Parameter validationFraction: the share set aside, rounded to whole records.
  /// - Throws: ``DatasetError`` unless each part gets a record.
  public func split(
    validationFraction: Double
  ) throws(DatasetError) -> (training: LabeledArrays, validation: LabeledArrays) {
    let size = try validationCount(validationFraction)
    return (try gathered(0..<count - size), try gathered(count - size..<count))
  }

  private func validationCount(_ fraction: Double) throws(DatasetError) -> Int {
    // The guard also turns away NaN, which compares false with everything.
    guard fraction > 0, fraction < 1 else {
      throw DatasetError(
        .invalidArgument(
          name: "validationFraction", value: "\(fraction)", allowed: "between 0 and 1"))
    }
    let size = Int((fraction * Double(count)).rounded())
    guard size > 0, size < count else {
      throw DatasetError(
        .invalidArgument(
          name: "validationFraction", value: "\(fraction)",
          allowed: "such that \(count) records make two parts that aren't empty"))
    }
    return size
  }

  /// The records of some classes, in their order; class `classes[i]` becomes class `i`.
  fileprivate func keeping(classes: [Int]) throws(DatasetError) -> LabeledArrays {
    let places = Dictionary(classes.enumerated().map { (Int32($1), Int32($0)) }) { first, _ in first }
    let labels = try labels()
    let kept = labels.indices.filter { places[labels[$0]] != nil }
    let numbers = kept.map { places[labels[$0]] ?? 0 }
    return try LabeledArrays(
      inputs: inputs.gathered(kept),
      targets: HostArray.make(.int32, [kept.count], numbers.withUnsafeBytes { Array($0) }),
      classCount: classes.count
    ).weighted(by: weights.map { weights in kept.map { weights[$0] } })
  }

  /// The caller has checked the indices, or made them from `count`.
  private func gathered(_ indices: some Collection<Int>) throws(DatasetError) -> LabeledArrays {
    try LabeledArrays(
      inputs: inputs.gathered(indices), targets: targets.gathered(indices), classCount: classCount
    ).weighted(by: weights.map { weights in indices.map { weights[$0] } })
  }
}

extension LabeledArrays {
  /// Corrupts a fraction of the labels, chosen at random: each is replaced by a class drawn uniformly.
  /// - Parameters:
  ///   - fraction: the fraction of corrupted labels, rounded to whole records; exact, not on average.
  ///   - kind: whether a corrupted label may come out unchanged.
  /// - Returns: the data with noise, and the corrupted records in ascending order.
  /// - Throws: ``DatasetError`` if the targets aren't classes, the fraction isn't in 0...1, or there
  ///   is only one class.
  public func addingLabelNoise(
    fraction: Double, kind: SymmetricNoise = .otherClasses, seed: UInt32
  ) throws(DatasetError) -> (data: LabeledArrays, corrupted: [Int]) {
    guard fraction >= 0, fraction <= 1 else {
      throw DatasetError(.invalidArgument(name: "fraction", value: "\(fraction)", allowed: "between 0 and 1"))
    }
    guard let classCount, classCount > 1 else {
      let value = classCount.map(String.init) ?? "not given"
      throw DatasetError(.invalidArgument(name: "classCount", value: value, allowed: "2 or more for label noise"))
    }
    var labels = try labels()
    var random = NumPyRandomState(seed: seed)
    let size = Int((fraction * Double(count)).rounded())
    let corrupted = random.permutation(count).prefix(size).sorted()
    let highest = UInt64(kind == .anyClass ? classCount - 1 : classCount - 2)
    for record in corrupted {
      let draw = Int32(random.interval(highest))
      // Among the others, the classes from the true one on move up by one.
      labels[record] = kind == .otherClasses && draw >= labels[record] ? draw + 1 : draw
    }
    let targets = try HostArray.make(.int32, [count], labels.withUnsafeBytes { Array($0) })
    return (
      try LabeledArrays(inputs: inputs, targets: targets, classCount: classCount).weighted(by: weights), corrupted
    )
  }
}

extension DatasetPair {
  /// The records of some classes, which are numbered anew in the order given.
  ///
  /// ```swift
  /// let shapes = try SyntheticImages.generate(trainCount: 100, testCount: 20)
  /// print(try shapes.keeping(classes: ["ring", "disc"]).classNames)  // ["ring", "disc"]
  /// ```
  /// - Parameter classes: names or numbers, each once, two or more.
  /// - Throws: ``DatasetError`` for a class that isn't in the data, and for data without classes.
  public func keeping(classes: [String]) throws(DatasetError) -> DatasetPair {
    guard let count = train.classCount else {
      throw DatasetError(
        .invalidArgument(
          name: "classes", value: classes.joined(separator: ", "), allowed: "left out: \(name) has no classes"))
    }
    var numbers: [Int] = []
    for name in classes {
      guard let number = classNames.firstIndex(of: name) ?? Int(name), (0..<count).contains(number) else {
        let names = classNames.isEmpty ? "" : "; their names are \(classNames.joined(separator: ", "))"
        throw DatasetError(
          .invalidArgument(name: "classes", value: name, allowed: "one of the \(count) classes of \(self.name)\(names)")
        )
      }
      numbers.append(number)
    }
    guard numbers.count > 1, Set(numbers).count == numbers.count else {
      throw DatasetError(
        .invalidArgument(name: "classes", value: classes.joined(separator: ", "), allowed: "two or more, each once"))
    }
    var pair = self
    (pair.train, pair.test) = (try train.keeping(classes: numbers), try test.keeping(classes: numbers))
    pair.classNames = classNames.isEmpty ? [] : numbers.map { classNames[$0] }
    pair.origin += "; \(numbers.count) of its \(count) classes"
    return pair
  }
}

/// What a corrupted label becomes. Papers mean both by "symmetric noise of fraction f".
public enum SymmetricNoise: String, Sendable, Hashable, CaseIterable {
  /// One of the other classes: a fraction f of the labels is wrong.
  case otherClasses
  /// Any class, perhaps the true one: a fraction f (1 - 1/classes) is wrong on average.
  case anyClass
}
