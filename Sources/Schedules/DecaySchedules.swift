import Configuration

/// The same value all the time; a plain number does as well.
public struct ConstantSchedule: NamedSchedule {
  public static let declaration = Declaration(
    "constant", "the same value throughout", standard: ConstantSchedule(0.1),
    settings: [Setting("value", \.value, .finite, "the value")])

  public var value: Double

  public init(_ value: Double) { self.value = value }

  public var constant: Double? { value }

  public func value(at progress: Progress, dtype: DType) -> Tensor { Tensor(value, dtype: dtype) }
}

import Foundation
/// Half a cosine from one value to another: `final + (initial - final) (1 + cos(pi t / T)) / 2`, then `final`.
///
/// Loshchilov and Hutter 2017, without restarts.
public struct CosineSchedule: NamedSchedule {
  public static let declaration = Declaration(
    "cosine", "half a cosine from one value to another", standard: CosineSchedule(0.1), reference: .sgdr,
    settings: [
      Setting("initial", \.initial, .finite, "value at the start"),
      Setting("final", \.final, .finite, "value at the end and after it"),
    ] + TrainingSpan.settings(\.span, "duration"))

  public var initial: Double
  public var final: Double
  public var span: TrainingSpan

  public init(_ initial: Double, final: Double = 0, over span: TrainingSpan = .wholeTraining) {
    self.initial = initial
    self.final = final
    self.span = span
  }

  public var extremes: [Double] { [initial, span.last(final, from: initial)] }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    Tensor.cosine(from: initial, to: final, progress.fraction(of: span, dtype: dtype)).cast(to: dtype)
  }
}

extension Tensor {
  /// The point at `fraction` of half a cosine.
  static func cosine(from start: Double, to end: Double, _ fraction: Tensor) -> Tensor {
    ((fraction * Double.pi).cos() + 1) * ((start - end) / 2) + end
  }
}

/// `final + (initial - final) (1 - t / T)^power`, then `final`; a straight line with power 1.
public struct PolynomialSchedule: NamedSchedule {
  public static let declaration = Declaration(
    "polynomial", "from one value to another along a power of the time left; linear with power 1",
    standard: PolynomialSchedule(0.1),
    settings: [
      Setting("initial", \.initial, .finite, "value at the start"),
      Setting("final", \.final, .finite, "value at the end and after it"),
      Setting("power", \.power, .positive, "exponent"),
    ] + TrainingSpan.settings(\.span, "duration"))

  public var initial: Double
  public var final: Double
  public var power: Double
  public var span: TrainingSpan

  public init(_ initial: Double, final: Double = 0, power: Double = 1, over span: TrainingSpan = .wholeTraining) {
    self.initial = initial
    self.final = final
    self.power = power
    self.span = span
  }

  public var extremes: [Double] { [initial, span.last(final, from: initial)] }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    let left = 1 - progress.fraction(of: span, dtype: dtype)
    return ((power == 1 ? left : left.power(power)) * (initial - final) + final).cast(to: dtype)
  }
}

/// `initial * factor^(t / T)`; in stairs, the exponent is rounded down.
public struct ExponentialSchedule: NamedSchedule {
  public static let declaration = Declaration(
    "exponential", "multiplied by a factor over each span, smoothly or in steps", standard: ExponentialSchedule(0.1),
    settings: [
      Setting("initial", \.initial, .finite, "value at the start"),
      Setting("factor", \.factor, .positive, "factor γ per span"),
      Setting("staircase", \.isStaircase, .flag, "whether the value changes only at the end of each span"),
    ] + TrainingSpan.settings(\.span, "span"))

  public var initial: Double
  public var factor: Double
  public var span: TrainingSpan
  public var isStaircase: Bool

  public init(
    _ initial: Double, factor: Double = 0.9, over span: TrainingSpan = .epochs(1), isStaircase: Bool = false
  ) {
    self.initial = initial
    self.factor = factor
    self.span = span
    self.isStaircase = isStaircase
  }

  /// Of a value that grows the greatest isn't known.
  public var extremes: [Double] { factor < 1 ? [initial, Double.zero.before(initial)] : [initial] }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    let elapsed = progress.elapsed(of: span, dtype: dtype)
    let exponent = isStaircase ? elapsed.floor() : elapsed
    return (Tensor(factor, dtype: exponent.dtype).power(exponent) * initial).cast(to: dtype)
  }
}

/// `initial / (1 + factor * t / T)` (Robbins and Monro 1951).
public struct InverseTimeSchedule: NamedSchedule {
  public static let declaration = Declaration(
    "inverseTime", "divided by one plus a multiple of the time", standard: InverseTimeSchedule(0.1),
    reference: Reference(
      "Robbins and Monro", 1951, "A Stochastic Approximation Method", "https://doi.org/10.1214/aoms/1177729586"),
    settings: [
      Setting("initial", \.initial, .finite, "value at the start"),
      Setting("factor", \.factor, .nonNegative, "what is added to the divisor per span"),
    ] + TrainingSpan.settings(\.span, "span"))

  public var initial: Double
  public var factor: Double
  public var span: TrainingSpan

  public init(_ initial: Double, factor: Double = 1, over span: TrainingSpan = .epochs(1)) {
    self.initial = initial
    self.factor = factor
    self.span = span
  }

  public var extremes: [Double] { factor > 0 ? [initial, Double.zero.before(initial)] : [initial] }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    (initial / (progress.elapsed(of: span, dtype: dtype) * factor + 1)).cast(to: dtype)
  }
}

/// The rate multiplied at given epochs: `initial * factor^k` from the `k`-th milestone on.
public struct StepSchedule: NamedSchedule {
  public static let declaration = Declaration(
    "step", "multiplied by a factor at each milestone", standard: StepSchedule(0.1, milestones: []),
    settings: [
      Setting("initial", \.initial, .finite, "value before the first milestone"),
      Setting("milestones", \.milestones, .nonNegatives, "epochs, counted from 0, from which on the factor applies"),
      Setting("factor", \.factor, .nonNegative, "factor γ per milestone"),
    ])

  public var initial: Double
  public var milestones: [Double]
  public var factor: Double

  public init(_ initial: Double, milestones: [Double], factor: Double = 0.1) {
    self.initial = initial
    self.milestones = milestones
    self.factor = factor
  }

  public var extremes: [Double] { (0...milestones.count).map { initial * pow(factor, Double($0)) } }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    milestones.reduce(Tensor(initial, dtype: dtype)) { value, milestone in
      let step = TrainingSpan.epochs(milestone).steps(of: progress).rounded(.up)
      return Tensor.select(progress.step .< step, value, value * factor)
    }
  }
}

/// Constant values one after the other: the first until the first boundary, the last from the last one on.
public struct PiecewiseSchedule: NamedSchedule {
  public static let declaration = Declaration(
    "piecewise", "constant between given epochs", standard: PiecewiseSchedule(0.1, []),
    settings: [
      .custom(
        "values", "finite numbers", "values, one more than boundaries",
        read: { (schedule, options) throws(ConfigurationError) in schedule = try PiecewiseSchedule(reading: &options) },
        write: { .list(([$0.initial] + $0.pieces.map(\.value)).map(OptionValue.number)) }),
      .custom(
        "boundaries", "rising epochs, 0 or more", "epochs, counted from 0, from which on the next value applies",
        // Read with the values, which decide how many there must be.
        read: { _, _ in }, write: { .list($0.pieces.map { .number($0.epoch) }) }),
    ])

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

  private init(reading options: inout Options) throws(ConfigurationError) {
    let standard = Self.declaration.standard
    let values = try options.value("values", .finites, default: [standard.initial])
    let boundaries = try options.value("boundaries", .nonNegatives, default: standard.pieces.map(\.epoch))
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

  public var extremes: [Double] { [initial] + pieces.map(\.value) }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    pieces.reduce(Tensor(initial, dtype: dtype)) { value, piece in
      let start = TrainingSpan.epochs(piece.epoch).steps(of: progress).rounded(.up)
      return Tensor.select(progress.step .< start, value, Tensor(piece.value, dtype: dtype))
    }
  }
}

/// A schedule that is at most `1 / sqrt(t)` at the `t`-th update (Shazeer and Stern 2018).
public struct RelativeStep: Schedule {
  public var limit: any Schedule

  public init(_ limit: any Schedule) { self.limit = limit }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    let work = dtype.accumulation
    return limit.value(at: progress, dtype: work).minimum(progress.updateNumber(dtype: work).rsqrt()).cast(to: dtype)
  }
}

extension SettingFormat where Value == [Double] {
  static var finites: SettingFormat { numbers.checked("finite numbers") { $0.allSatisfy(\.isFinite) } }

  /// Finite numbers that are 0 or more.
  static var nonNegatives: SettingFormat {
    numbers.checked("finite numbers, 0 or more") { $0.allSatisfy { $0 >= 0 && $0.isFinite } }
  }
}
