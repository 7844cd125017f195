extension BatchPart.View {
  /// Whether the parameters' penalties are part of the loss.
  var hasPenalty: Bool { if case .drawn = self { false } else { true } }

  /// What the loss is computed from.
  /// - Parameter levels: at which examples' losses are held, `[batch]`. Targets that are drawn have none.
  func seen(
    _ outputs: [Tensor], _ targets: Tensor, _ mixing: HiddenMixing?, _ levels: Tensor?, of loss: any Loss
  ) -> SeenBatch {
    switch self {
    case .whole: SeenBatch(loss: loss, outputs: outputs, targets: targets, mixing: mixing, levels: levels)
    case .drawn(let key):
      SeenBatch(
        loss: loss, outputs: outputs, targets: loss.drawnTargets(outputs[0].stopGradient(), like: targets, key: key),
        mixing: nil, levels: nil)
    case .output(let index, let count):
      SeenBatch(
        loss: loss, outputs: outputs.map { $0.output(index, of: count) }, targets: targets.output(index, of: count),
        mixing: mixing, levels: levels)
    case .term(let index, _):
      SeenBatch(
        loss: loss.terms.indices.contains(index) ? loss.terms[index] : loss, outputs: outputs, targets: targets,
        mixing: mixing, levels: levels)
    }
  }

  /// The loss of what is seen, from the sum of its examples' losses.
  /// - Parameter penalty: of the parameters, nil if there is none.
  func value(
    of loss: any Loss, sum: Tensor, count: Tensor, penalty: Tensor?
  ) -> LossValue {
    guard case .term(let index, let wanted) = self else {
      return loss.value(sum: sum, count: count, penalty: hasPenalty ? penalty : nil)
    }
    let terms = loss.terms
    let found = terms.count + (penalty == nil ? 0 : 1)
    guard wanted == found else {
      let message =
        "the loss has \(found) terms, its penalties included, not \(wanted): write surgery(tasks: terms, count: \(found))"
      return LossValue(.failed(Diagnostic(operation: "terms", message: message, file: nil)))
    }
    if let penalty, index == terms.count { return LossValue(penalty.cast(to: sum.dtype)) }
    return terms[index].value(sum: sum, count: count, penalty: nil)
  }
}

/// Outputs and targets of examples that may be mixed: their loss is the mean of those for both targets.
struct SeenBatch {
  let loss: any Loss
  /// Of all passes.
  let outputs: [Tensor]
  let targets: Tensor
  let mixing: HiddenMixing?
  let levels: Tensor?

  /// One per example.
  var losses: Tensor {
    let own = own.perExample(passes: outputs, targets)
    guard let mixing else { return own }
    let share = mixing.share.cast(to: own.dtype)
    return own * share + partners(mixing).perExample(passes: outputs, mixing.partnered(targets)) * (1 - share)
  }

  func total(weights: Tensor?) -> (sum: Tensor, count: Tensor) {
    let own = own.total(passes: outputs, targets, weights: weights)
    guard let mixing else { return own }
    let other = partners(mixing).total(passes: outputs, mixing.partnered(targets), weights: weights)
    let share = mixing.share.cast(to: own.sum.dtype)
    return (own.sum * share + other.sum * (1 - share), own.count)
  }

  /// The loss with the levels of the examples themselves.
  private var own: any Loss { levels.map { loss.flooded(atEach: $0) } ?? loss }

  /// The loss with the levels of their partners.
  private func partners(_ mixing: HiddenMixing) -> any Loss {
    levels.map { loss.flooded(atEach: mixing.partnered($0)) } ?? loss
  }
}

extension Tensor {
  /// One number of each example's `count` ones, `[batch, 1]`.
  fileprivate func output(_ index: Int, of count: Int) -> Tensor {
    guard rank == 2, shape[1] == count else {
      let message = "needs \(count) outputs and targets per example, [batch, \(count)]"
      return .failed(Diagnostic(operation: "output", message: message, inputs: [type], file: nil))
    }
    return slice(index..<index + 1, axis: 1)
  }
}

extension Loss {
  /// Targets drawn from the distribution that outputs stand for.
  fileprivate func drawnTargets(_ outputs: Tensor, like targets: Tensor, key: Key) -> Tensor {
    func events(_ probabilities: Tensor) -> Tensor {
      (key.uniform(outputs.shape, dtype: .float32) .< probabilities.cast(to: .float32))
        .cast(to: targets.dtype).reshape(to: targets.shape)
    }
    switch outputKind {
    case .classLogits, .classLogProbabilities: return key.categorical(outputs)
    case .classProbabilities: return key.categorical(outputs.log())
    case .eventLogits: return events(outputs.sigmoid())
    case .eventProbabilities: return events(outputs)
    case .values, nil:
      let message = "the loss '\(Self.name)' isn't one of classes or events: use curvature(estimator: hutchinson)"
      return .failed(Diagnostic(operation: "drawnTargets", message: message, inputs: [outputs.type], file: nil))
    }
  }
}
