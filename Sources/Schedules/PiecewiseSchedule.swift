import Configuration

/// Constant values one after the other: the first until the first boundary, the last from the last one on.
public struct PiecewiseSchedule: NamedSchedule {
  public static let name = "piecewise"
  public static let summary = "given values between given epochs"
  public static let parameters = [
    Parameter("values", default: "[0.1]", "the values, one more than boundaries"),
    Parameter("boundaries", default: "[]", "epochs, counted from 0 and rising, from which on the next value holds"),
  ]

  /// The value before the first boundary.
  public var initial: Double
  /// Later values with the epochs they begin at.
  public var pieces: [Piece]

  /// A value and the epoch from which on it holds.
  public struct Piece: Sendable, Hashable {
    public var epoch: Double
    public var value: Double

    public init(from epoch: Double, _ value: Double) {
      self.epoch = epoch
      self.value = value
    }
  }

  public init(_ initial: Double, _ pieces: [Piece]) {
    self.initial = initial
    self.pieces = pieces
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    let values = try options.nonNegatives("values", default: [0.1])
    let boundaries = try options.nonNegatives("boundaries", default: [])
    guard let first = values.first, values.count == boundaries.count + 1 else {
      throw .invalid(
        message: "piecewise: \(values.count) values need \(Swift.max(values.count, 1) - 1) boundaries, "
          + "not \(boundaries.count)", origin: options.origin)
    }
    guard zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw .outOfRange(key: "boundaries", value: "\(boundaries)", range: "rising", origin: options.origin)
    }
    self.init(first, zip(boundaries, values.dropFirst()).map { Piece(from: $0, $1) })
  }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    pieces.reduce(Tensor(initial, dtype: dtype)) { value, piece in
      let start = TrainingSpan.epochs(piece.epoch).steps(of: progress).rounded(.up)
      return Tensor.select(progress.step .< start, value, Tensor(piece.value, dtype: dtype))
    }
  }
}
