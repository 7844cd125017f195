import Configuration

/// What a model's parameters add to its loss: a regularizer.
///
/// The trainer computes it and passes it to the loss, so that modifiers such as ``Flooded`` see the sum.
public protocol Penalty: Configurable {
  /// A scalar.
  func callAsFunction(_ parameters: TensorTree) -> Tensor

  /// The penalty at a point of training, for one with schedules; by default itself.
  func scheduled(at progress: Progress) -> any Penalty
}

extension Penalty {
  public func scheduled(at progress: Progress) -> any Penalty { self }
}

/// `l1·sum(|w|) + l2·sum(w²)` over parameters whose path contains a match of a regular expression.
///
/// This is Keras' convention. PyTorch's weight decay λ is `l2 = λ/2`: see ``weightDecay(_:pattern:)``.
public struct L1L2: Penalty {
  public static let declaration = Declaration(
    "l1l2", "l1·sum(|w|) + l2·sum(w²) over parameters chosen by path", standard: L1L2(),
    settings: [
      Setting("l1", \.l1, .nonNegative, "L1 factor, of the sum of absolute values"),
      Setting("l2", \.l2, .nonNegative, "L2 factor, of the sum of squares"),
      Setting("pattern", \.pattern, .regularExpression, "regular expression found in the parameter's path"),
    ])

  /// The parameters that decay by default: neither biases nor the scales of normalizations.
  public static let kernels = "kernel$"

  public var l1: any Schedule
  public var l2: any Schedule
  public var pattern: String

  public init(l1: any Schedule = 0.0, l2: any Schedule = 0.0, pattern: String = L1L2.kernels) {
    self.l1 = l1
    self.l2 = l2
    self.pattern = pattern
  }

  /// `λ/2·sum(w²)`, whose gradient is `λw`.
  public static func weightDecay(_ lambda: Double, pattern: String = L1L2.kernels) -> L1L2 {
    L1L2(l2: lambda / 2, pattern: pattern)
  }

  public func scheduled(at progress: Progress) -> any Penalty {
    L1L2(l1: l1.fixed(at: progress), l2: l2.fixed(at: progress), pattern: pattern)
  }

  public func callAsFunction(_ parameters: TensorTree) -> Tensor {
    let regex: Regex<AnyRegexOutput>
    do { regex = try Regex(pattern) } catch {
      return .failed(Diagnostic(operation: Self.name, message: "'\(pattern)' is no regular expression: \(error)"))
    }
    var penalty: Tensor?
    for (path, tensor) in parameters.pairs where path.contains(regex) {
      if l1.constant != 0 { penalty = (tensor.abs().sum() * l1.initial).adding(penalty) }
      if l2.constant != 0 { penalty = (tensor.squared().sum() * l2.initial).adding(penalty) }
    }
    return penalty ?? Tensor(0, dtype: parameters.tensors.first?.dtype ?? .float32)
  }
}

extension SettingFormat where Value == String {
  fileprivate static var regularExpression: SettingFormat {
    SettingFormat(
      "a regular expression",
      read: { (options, key, fallback) throws(ConfigurationError) in
        let origin = options.origin(of: key)
        let pattern = try options.text(key, default: fallback)
        do { _ = try Regex(pattern) } catch {
          throw .outOfRange(key: key, value: pattern, range: "a regular expression: \(error)", origin: origin)
        }
        return pattern
      },
      write: { .text($0) })
  }
}
