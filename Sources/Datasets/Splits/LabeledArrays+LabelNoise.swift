import Formats
import PJRT
import Tensors

extension LabeledArrays {
  /// Replaces a fraction of the labels, chosen at random, by classes drawn uniformly.
  /// - Parameters:
  ///   - fraction: the share of labels struck, rounded to whole records; exact, not on average.
  ///   - kind: whether a struck label may come out as it was.
  /// - Returns: the data with noise, and the struck records in ascending order.
  /// - Throws: ``DatasetError`` if the targets aren't classes, the fraction isn't in 0...1, or there
  ///   is only one class.
  public func addingLabelNoise(
    fraction: Double, kind: SymmetricNoise = .otherClasses, seed: UInt32
  ) throws(DatasetError) -> (data: LabeledArrays, struck: [Int]) {
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
    let struck = random.permutation(count).prefix(size).sorted()
    let highest = UInt64(kind == .anyClass ? classCount - 1 : classCount - 2)
    for record in struck {
      let draw = Int32(random.interval(highest))
      // Among the others, the classes from the true one on move up by one.
      labels[record] = kind == .otherClasses && draw >= labels[record] ? draw + 1 : draw
    }
    let targets = try HostArray.make(.int32, [count], labels.withUnsafeBytes { Array($0) })
    return (try LabeledArrays(inputs: inputs, targets: targets, classCount: classCount), struck)
  }
}
