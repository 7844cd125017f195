import Configuration

/// `l1·sum(|w|) + l2·sum(w²)` over parameters whose path has a match of a regular expression.
///
/// This is Keras' convention. PyTorch's and article 2's weight decay lambda is `l2 = lambda/2`: see
/// ``weightDecay(_:pattern:)``.
public struct L1L2: Penalty {
  public static let name = "l1l2"
  public static let summary = "l1·sum(|w|) + l2·sum(w²) over parameters chosen by path."
  public static let parameters = [
    Parameter("l1", default: 0, "times the sum of absolute values"),
    Parameter("l2", default: 0, "times the sum of squares"),
    Parameter("pattern", default: OptionValue.text(kernels), "a regular expression that the parameter's path contains"),
  ]
  /// What decays by default: not biases, nor normalizations' scales.
  public static let kernels = "kernel$"

  public var l1: Double
  public var l2: Double
  public var pattern: String

  public init(l1: Double = 0, l2: Double = 0, pattern: String = L1L2.kernels) {
    self.l1 = l1
    self.l2 = l2
    self.pattern = pattern
  }

  /// `lambda/2·sum(w²)`, whose gradient is `lambda·w`.
  public static func weightDecay(_ lambda: Double, pattern: String = L1L2.kernels) -> L1L2 {
    L1L2(l2: lambda / 2, pattern: pattern)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    l1 = try options.number("l1", default: 0, in: 0...1e30)
    l2 = try options.number("l2", default: 0, in: 0...1e30)
    pattern = try options.text("pattern", default: Self.kernels)
    do { _ = try Regex(pattern) } catch {
      throw .outOfRange(key: "pattern", value: pattern, range: "a regular expression: \(error)", origin: options.origin)
    }
  }

  public func callAsFunction(_ parameters: TensorTree) -> Tensor {
    let regex: Regex<AnyRegexOutput>
    do { regex = try Regex(pattern) } catch {
      return .failed(Diagnostic(operation: Self.name, message: "'\(pattern)' is no regular expression: \(error)"))
    }
    var penalty: Tensor?
    for (path, tensor) in parameters.pairs where path.contains(regex) {
      if l1 != 0 { penalty = tensor.abs().sum().scaled(l1, adding: penalty) }
      if l2 != 0 { penalty = tensor.squared().sum().scaled(l2, adding: penalty) }
    }
    return penalty ?? Tensor(0, dtype: parameters.tensors.first?.dtype ?? .float32)
  }
}

extension Tensor {
  fileprivate func scaled(_ factor: Double, adding other: Tensor?) -> Tensor { (self * factor).adding(other) }
}
