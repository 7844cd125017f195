/// Data to learn from and data to be judged on.
public struct DatasetPair: Sendable, Equatable {
  public var train: LabeledArrays
  public var test: LabeledArrays
  /// A short name, such as `MNIST`.
  public var name: String
  /// A sentence for people that says where the data came from.
  public var origin: String
  /// What the classes show, in their order; empty where they have no names.
  public var classNames: [String]

  public init(
    train: LabeledArrays, test: LabeledArrays, name: String, origin: String, classNames: [String] = []
  ) {
    self.train = train
    self.test = test
    self.name = name
    self.origin = origin
    self.classNames = classNames
  }
}
