import Configuration

/// What parameters must fulfil after each step: a bound of their norms, or their signs.
public protocol WeightConstraint: Configurable {
  /// The nearest parameter, or one near, that fulfils it. The last axis is that of a kernel's outputs.
  func constrained(_ parameter: Tensor) -> Tensor
  /// The constraint at a point of training, for one with schedules; by default itself.
  func scheduled(at progress: Progress) -> any WeightConstraint
  /// Which parameters are constrained: a regular expression found in their paths.
  var pattern: String { get set }
}

extension WeightConstraint {
  public func scheduled(at progress: Progress) -> any WeightConstraint { self }

  static var settings: [Setting<Self>] {
    [
      Setting(
        "pattern", \.pattern, .text, "regular expression found in the paths of the parameters that are constrained")
    ]
  }
}

extension Tensor {
  /// The weights of each output scaled to a norm that is a function of theirs, as Keras does.
  fileprivate func scaled(toNorm norm: (Tensor) -> Tensor) -> Tensor {
    let values = upcast
    let own = values.squared().sum(Array(0..<Swift.max(rank - 1, 0)), keepDims: true).sqrt()
    return (values * (norm(own) / (own + 1e-7))).cast(to: dtype)
  }
}

/// The weights of each output have a norm of at most a limit, as Keras' `MaxNorm` over all axes but the last.
public struct MaxNorm: WeightConstraint {
  public static let declaration = Declaration(
    "maxNorm", "the weights of each output have at most this norm", standard: MaxNorm(),
    reference: Reference(
      "Srivastava et al.", 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
      "https://jmlr.org/papers/v15/srivastava14a.html"),
    settings: [Setting("limit", \.limit, .nonNegative, "the greatest norm")] + settings)

  public var limit: any Schedule
  public var pattern: String

  public init(_ limit: any Schedule = 2.0, pattern: String = "kernel$") {
    (self.limit, self.pattern) = (limit, pattern)
  }

  public func scheduled(at progress: Progress) -> any WeightConstraint {
    MaxNorm(limit.fixed(at: progress), pattern: pattern)
  }

  public func constrained(_ parameter: Tensor) -> Tensor { parameter.scaled { $0.minimum(limit.initial) } }
}

/// The weights of each output have a norm of 1, as Keras' `UnitNorm` over all axes but the last.
public struct UnitNorm: WeightConstraint {
  public static let declaration = Declaration(
    "unitNorm", "the weights of each output have a norm of 1", standard: UnitNorm(), settings: settings)

  public var pattern: String

  public init(pattern: String = "kernel$") { self.pattern = pattern }

  public func constrained(_ parameter: Tensor) -> Tensor { parameter.scaled { $0.onesLike() } }
}

/// Weights that would be negative are 0, as Keras' `NonNeg`.
public struct NonNegative: WeightConstraint {
  public static let declaration = Declaration(
    "nonNegative", "weights that would be negative are 0", standard: NonNegative(), settings: settings)

  public var pattern: String

  public init(pattern: String = "kernel$") { self.pattern = pattern }

  public func constrained(_ parameter: Tensor) -> Tensor { parameter.maximum(0) }
}

/// An optimizer whose steps end where the parameters fulfil constraints.
///
/// ```swift
/// SGD(learningRate: 0.1).constrained(by: MaxNorm(3))
/// ```
public struct Constrained: Optimizer {
  public static let declaration = Declaration(
    "constrained", "an optimizer whose steps end where the parameters fulfil constraints",
    standard: Constrained(by: [], optimizer: SGD()),
    formula: "w ← Π(w + u), Π: onto the constraints",
    settings: [
      Setting("by", \.constraints, .methods, "constraints by name, in their order: maxNorm(limit: 3)"),
      Setting("optimizer", \.optimizer, .method, "the optimizer, by name"),
    ],
    check: { (optimizer, options) throws(ConfigurationError) in
      for constraint in optimizer.constraints {
        do { _ = try Regex(constraint.pattern) } catch {
          throw .outOfRange(
            key: "pattern", value: constraint.pattern, range: "a regular expression: \(error)", origin: options.origin)
        }
      }
    })

  public var constraints: [any WeightConstraint]
  public var optimizer: any Optimizer

  public init(by constraints: [any WeightConstraint], optimizer: any Optimizer) {
    (self.constraints, self.optimizer) = (constraints, optimizer)
  }

  public var transform: any Transform { chain(optimizer.transform, Projection(constraints: constraints)) }
}

extension Optimizer {
  /// The optimizer, with steps that end where the parameters fulfil constraints.
  public func constrained(by constraints: any WeightConstraint...) -> Constrained {
    Constrained(by: constraints, optimizer: self)
  }
}

/// Updates that lead to where the parameters fulfil constraints.
private struct Projection: StatelessTransform {
  let constraints: [any WeightConstraint]

  var unshardable: [any Transform] { constraints.isEmpty ? [] : [self] }

  func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    constraints.reduce(updates) { updates, constraint in
      let regex: Regex<AnyRegexOutput>
      do { regex = try Regex(constraint.pattern) } catch {
        let message = "'\(constraint.pattern)' is no regular expression: \(error)"
        let failed = Diagnostic(operation: type(of: constraint).name, message: message)
        return updates.mapValues { _ in .failed(failed) }
      }
      return updates.map { path, update in
        guard path.contains(regex), let parameter = context.parameters[path] else { return update }
        return constraint.scheduled(at: context.progress).constrained(parameter + update) - parameter
      }
    }
  }
}
