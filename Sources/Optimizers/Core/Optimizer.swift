import Configuration

/// A named recipe for a chain of transforms.
public protocol Optimizer: Configurable {
  /// The whole way from gradients to what is added to the parameters.
  var transform: any Transform { get }
  /// Regular expressions that must match the path of some parameter, with the settings that have them.
  var patterns: [(setting: String, pattern: String)] { get }
}

extension Optimizer {
  public var patterns: [(setting: String, pattern: String)] { [] }
}

/// A transform that can be chosen by name, to go before an optimizer: see ``Preceded``.
public protocol NamedTransform: Transform, Configurable {}

extension SettingFormat where Value == [any Transform] {
  /// Transformations by name, with their settings; `none` for none.
  static var transforms: SettingFormat {
    SettingFormat<[any NamedTransform]>.methods.map({ $0 }, back: { $0.compactMap { $0 as? any NamedTransform } })
  }
}

/// An optimizer that gets its gradients through transforms: clipped, with an L2 penalty.
///
/// ```swift
/// SGD(learningRate: 0.1).preceded(by: ClipByGlobalNorm(5))
/// ```
public struct Preceded: Optimizer {
  public static let declaration = Declaration(
    "preceded", "an optimizer after transformations of the gradients: clipping, weight decay",
    standard: Preceded(by: [], optimizer: SGD()),
    formula: "u = optimizer(Tₖ(⋯T₁(g)))",
    settings: [
      Setting("by", \.transforms, .transforms, "transformations by name, in their order: clipByGlobalNorm(limit: 5)"),
      Setting("optimizer", \.optimizer, .method, "the optimizer, by name"),
    ])

  public var transforms: [any Transform]
  public var optimizer: any Optimizer

  public init(by transforms: [any Transform], optimizer: any Optimizer) {
    self.transforms = transforms
    self.optimizer = optimizer
  }

  public var transform: any Transform { Chain(transforms + [optimizer.transform]) }

  public var patterns: [(setting: String, pattern: String)] { optimizer.patterns }
}

extension Optimizer {
  /// The optimizer behind transforms of the gradients.
  public func preceded(by transforms: any Transform...) -> Preceded { Preceded(by: transforms, optimizer: self) }
}

/// Settings that optimizers share.
extension Setting {
  static func learningRate(
    _ property: WritableKeyPath<Method, any Schedule> & Sendable, _ meaning: String = "learning rate η, or a schedule"
  ) -> Setting { Setting("learningRate", property, .schedule, meaning) }

  static func momentum(_ property: WritableKeyPath<Method, any Schedule> & Sendable) -> Setting {
    Setting("momentum", property, .decayRate, "momentum μ, or a schedule")
  }

  static func nesterov(_ property: WritableKeyPath<Method, Bool> & Sendable) -> Setting {
    Setting("nesterov", property, .flag, "whether the momentum is Nesterov's")
  }

  static func dampening(_ property: WritableKeyPath<Method, any Schedule> & Sendable) -> Setting {
    Setting("dampening", property, .decayRate, "dampening of the momentum")
  }

  static func beta1(
    _ property: WritableKeyPath<Method, any Schedule> & Sendable,
    _ meaning: String = "decay rate β₁ of the first moment, or a schedule"
  ) -> Setting { Setting("beta1", property, .decayRate, meaning) }

  static func beta2(
    _ property: WritableKeyPath<Method, any Schedule> & Sendable,
    _ meaning: String = "decay rate β₂ of the second moment"
  ) -> Setting { Setting("beta2", property, .decayRate, meaning) }

  static func epsilon(
    _ property: WritableKeyPath<Method, any Schedule> & Sendable, _ meaning: String = "ε, added to the root"
  ) -> Setting { Setting("epsilon", property, .nonNegative, meaning) }

  static func l2(_ property: WritableKeyPath<Method, any Schedule> & Sendable) -> Setting {
    Setting("l2", property, .schedule, "weight decay λ as part of the gradient (coupled), or a schedule")
  }

  static func weightDecay(_ property: WritableKeyPath<Method, any Schedule> & Sendable) -> Setting {
    Setting(
      "weightDecay", property, .schedule, "decoupled weight decay λ, multiplied by the learning rate, or a schedule")
  }

  static func excludeFromWeightDecay(_ property: WritableKeyPath<Method, PathFilter> & Sendable) -> Setting {
    Setting("excludeFromWeightDecay", property, .excluding, "regular expressions for parameters that don't decay")
  }

  static func excludeFromLayerAdaptation(_ property: WritableKeyPath<Method, PathFilter> & Sendable) -> Setting {
    Setting(
      "excludeFromLayerAdaptation", property, .excluding,
      "regular expressions for parameters whose update keeps its own norm")
  }

  static func biasCorrection(_ property: WritableKeyPath<Method, Bool> & Sendable) -> Setting {
    Setting("biasCorrection", property, .flag, "whether the bias of the moments towards zero is corrected")
  }
}

/// Whose form of a rule to follow where frameworks differ under one name.
public enum FrameworkStyle: String, Sendable, Hashable, CaseIterable {
  case torch, keras
}
