import Configuration

/// eˣ divided by its sum along an axis.
public struct Softmax: Activation {
  public static let declaration = Declaration(
    "softmax", "eˣ/sum(eˣ) along an axis", standard: Softmax(),
    settings: [Setting("axis", \.axis, .axis, "axis along which the values sum to 1; -1 is the last")])

  public var range: ClosedRange<Double> { 0...1 }
  public var axis: Int

  public init(axis: Int = -1) { self.axis = axis }

  public func callAsFunction(_ x: Tensor) -> Tensor { x.softmax(axis: axis) }
}

/// The logarithm of the softmax along an axis, finite where that rounds to 0.
public struct LogSoftmax: Activation {
  public static let declaration = Declaration(
    "logSoftmax", "log(eˣ/sum(eˣ)) along an axis", standard: LogSoftmax(),
    settings: [Setting("axis", \.axis, .axis, "axis of the softmax; -1 is the last")])

  public var range: ClosedRange<Double> { -Double.infinity...0 }
  public var axis: Int

  public init(axis: Int = -1) { self.axis = axis }

  public func callAsFunction(_ x: Tensor) -> Tensor { x.logSoftmax(axis: axis) }
}

extension SettingFormat where Value == Int {
  /// An axis, counted from the first or, if negative, from the last.
  fileprivate static var axis: SettingFormat { .integer(in: -64...63) }
}
