import Configuration

/// Updates plus `rate * w`, for the parameters that `filter` lets through.
///
/// Before everything else in a chain it is the gradient of `rate / 2 * |w|^2` (coupled decay, an L2 penalty);
/// between an adaptive scaling and ``ScaleByRate`` it is decoupled (Loshchilov and Hutter 2019).
public struct WeightDecay: NamedTransform, StatelessTransform {
  public static let name = "decay"
  public static let summary = "adds a multiple of the parameters to the gradients: an L2 penalty"
  public static let parameters = [
    Parameter("rate", default: 0.0001, "the multiple, or a schedule for it"),
    Parameter("exclude", default: "[]", "regular expressions for the paths of parameters that don't decay"),
  ]

  public var rate: any Schedule
  public var filter: PathFilter

  public init(_ rate: any Schedule = 0.0001, filter: PathFilter = .all) {
    self.rate = rate
    self.filter = filter
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    rate = try options.schedule("rate", default: 0.0001)
    filter = try options.filter(excluding: "exclude")
  }

  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    let decayed = updates.zip(context.parameters) { update, parameter in
      update + parameter * rate.value(at: context.progress, dtype: parameter.dtype)
    }
    return updates.map { path, update in filter.matches(path) ? decayed[path] ?? update : update }
  }
}

extension [any Transform] {
  /// Adds decay to a chain unless its rate is the constant 0.
  mutating func append(decay rate: any Schedule, filter: PathFilter = .all) {
    if let rate = rate as? Double, rate == 0 { return }
    append(WeightDecay(rate, filter: filter))
  }
}
