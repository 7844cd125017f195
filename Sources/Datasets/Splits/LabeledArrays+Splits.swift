import Formats
import PJRT
import Tensors

extension LabeledArrays {
  /// The records at `indices`, in that order; an index may come several times.
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

  /// The records in random order, drawn as NumPy's `shuffle` of their indices.
  public func shuffled(by random: inout NumPyRandomState) throws(DatasetError) -> LabeledArrays {
    try gathered(random.permutation(count))
  }

  /// Sets a random part of the records aside for validation; both parts keep the records' order.
  /// - Parameter validationFraction: the share set aside, rounded to whole records.
  /// - Throws: ``DatasetError`` unless each part gets a record.
  public func split(
    validationFraction: Double, seed: UInt32
  ) throws(DatasetError) -> (training: LabeledArrays, validation: LabeledArrays) {
    // The guard also turns away NaN, which compares false with everything.
    guard validationFraction > 0, validationFraction < 1 else {
      throw DatasetError(
        .invalidArgument(
          name: "validationFraction", value: "\(validationFraction)", allowed: "between 0 and 1"))
    }
    let size = Int((validationFraction * Double(count)).rounded())
    guard size > 0, size < count else {
      throw DatasetError(
        .invalidArgument(
          name: "validationFraction", value: "\(validationFraction)",
          allowed: "such that \(count) records make two parts that aren't empty"))
    }
    var random = NumPyRandomState(seed: seed)
    let order = random.permutation(count)
    return (try gathered(order[size...].sorted()), try gathered(order[..<size].sorted()))
  }

  /// The indices have been checked, or made from `count`.
  private func gathered(_ indices: some Collection<Int>) throws(DatasetError) -> LabeledArrays {
    try LabeledArrays(
      inputs: inputs.gathered(indices), targets: targets.gathered(indices), classCount: classCount)
  }
}
