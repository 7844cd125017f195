/// A transform that treats each parameter by itself, with named slots for what it remembers.
public protocol ParameterwiseTransform: Transform {
  /// Sets the slots of a parameter before the first step.
  func initial(_ parameter: Tensor, slots: inout Slots)

  /// - Parameters:
  ///   - update: what came out of the transform before, of the parameter's shape.
  ///   - parameter: the parameter before the step.
  ///   - slots: what `initial(_:slots:)` or the last call set.
  func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor
}

extension ParameterwiseTransform {
  public func initial(_ parameter: Tensor, slots: inout Slots) {}

  public func initial(_ parameters: TensorTree) -> TensorTree {
    var slots = Slots(path: "", state: TensorTree())
    for (path, parameter) in parameters.pairs {
      slots.path = path
      initial(parameter, slots: &slots)
    }
    return slots.state
  }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    var slots = Slots(path: "", state: state)
    let updates = updates.map { path, update in
      guard let parameter = context.parameters[path] else {
        return .failed(Diagnostic(operation: "update", message: "there is no parameter '\(path)' to update"))
      }
      slots.path = path
      return self.update(update, of: parameter, slots: &slots, context: context)
    }
    return (updates, slots.state)
  }
}
