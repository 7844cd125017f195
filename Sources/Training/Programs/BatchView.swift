extension BatchPart.View {
  /// Whether the parameters' penalties are part of the loss.
  var hasPenalty: Bool { if case .drawn = self { false } else { true } }

  /// What the loss is computed from.
  func seen(
    _ outputs: [Tensor], _ targets: Tensor, _ mixing: HiddenMixing?, of loss: any Loss
  ) -> (outputs: [Tensor], targets: Tensor, mixing: HiddenMixing?) {
    switch self {
    case .whole: (outputs, targets, mixing)
    case .drawn(let key): (outputs, loss.drawnTargets(outputs[0].stopGradient(), like: targets, key: key), nil)
    case .output(let index, let count):
      (outputs.map { $0.output(index, of: count) }, targets.output(index, of: count), mixing)
    }
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
