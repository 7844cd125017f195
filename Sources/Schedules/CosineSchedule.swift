import Foundation
import Configuration

/// Half a cosine from one value to another: `final + (initial - final) (1 + cos(pi t / T)) / 2`, then `final`.
///
/// Loshchilov and Hutter 2017, without restarts.
public struct CosineSchedule: NamedSchedule {
  public static let name = "cosine"
  public static let summary = "half a cosine from one value to another (Loshchilov and Hutter 2017)"
  public static let parameters =
    [
      Parameter("initial", default: 0.1, "the value at the start"),
      Parameter("final", default: 0, "the value at the end and after it"),
    ] + TrainingSpan.parameters(default: "all", "how long it takes")

  public var initial: Double
  public var final: Double
  public var span: TrainingSpan

  public init(_ initial: Double, final: Double = 0, over span: TrainingSpan = .wholeTraining) {
    self.initial = initial
    self.final = final
    self.span = span
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    initial = try options.nonNegative("initial", default: 0.1)
    final = try options.nonNegative("final", default: 0)
    span = try options.span(default: .wholeTraining)
  }

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
