import Configuration
import Optimizers
import TestSupport
import Testing

/// Every optimizer with every gradient rule and every average, in single precision.
@Suite(.tags(.engine)) struct MethodTableTests {
  /// Tensors of one, two and four axes, for what treats them differently.
  private static let start = TensorTree([
    ("dense/kernel", Tensor([1, -2, 0.5, 3, -1.5, 2] as [Float], shape: [2, 3])),
    ("dense/bias", Tensor([0.3, -0.7, 1.1] as [Float])),
    ("conv/kernel", Tensor([0.4, -0.9, 1.3, -0.2, 0.8, -1.1, 0.6, 1.7] as [Float], shape: [2, 2, 1, 2])),
  ])

  /// `sum(c w^2) / 2` with other curvatures for each element.
  private static var batch: EvaluableBatch {
    let curvatures = start.mapValues { Tensor.iota($0.shape, axis: $0.rank - 1, dtype: .float32) + 0.5 }
    return EvaluableBatch(size: 4) { parameters, state, _ in
      let losses = parameters.zip(curvatures) { ($0.squared() * $1).sum() / 2 }.tensors
      return Evaluation(
        loss: losses.dropFirst().reduce(losses[0], +), gradients: parameters.zip(curvatures, *), state: state,
        metrics: TensorTree())
    }
  }

  /// The method of a name as people would choose it.
  private static func chosen(_ name: String) throws -> any Optimizer {
    let text =
      switch name {
      case "preceded": "preceded(by: [clipByGlobalNorm(limit: 5), centralize, noise(eta: 1e-6)], optimizer: sgd)"
      case "groups": "groups(groups: [group(match: bias, optimizer: adam)], others: muon)"
      default: name
      }
    return try optimizer(text)
  }

  /// The losses that are evaluated after some steps, one for each rule, of which each has one of the averages.
  private static func losses(_ optimizer: any Optimizer, shift: Int, steps: Int = 8) throws -> Tensor {
    let rules = try Registry<any GradientRule>.all.names.map {
      try Registry<any GradientRule>.all.build(MethodSpec($0))
    }
    let averages = try Registry<any Averaging>.all.names.map {
      try Registry<any Averaging>.all.build(MethodSpec($0))
    }
    let average = rules.indices.map { averages[($0 + shift) % averages.count] }
    let transform = optimizer.transform
    let (ruleStates, averageStates) = (rules.map { $0.initial(start) }, average.map { $0.initial(start) })
    let optimizerState = transform.initial(start)
    let stacked = optimizerState.mapValues { $0.broadcast(to: $0.shape.prepending(rules.count)) }
    let carry =
      [Tensor(0, dtype: .int32)] + stacked.tensors + rules.flatMap { _ in start.tensors }
      + ruleStates.flatMap(\.tensors) + averageStates.flatMap(\.tensors)
    return scan(carry: carry, length: steps) { carry, _ in
      var rest = carry.dropFirst(1 + stacked.count)
      func next(_ tree: TensorTree) -> TensorTree {
        defer { rest = rest.dropFirst(tree.count) }
        return tree.with(rest)
      }
      let parameters = rules.map { _ in next(start) }
      let (oldRules, oldAverages) = (ruleStates.map(next), averageStates.map(next))
      let progress = Progress(step: carry[0], stepsPerEpoch: 4, epochs: 2, batchSize: 4)
      let key = Key(seed: 1).folding(carry[0])
      let ruled = rules.indices.map { index in
        rules[index].evaluate(
          batch, state: oldRules[index],
          context: GradientContext(
            parameters: parameters[index], modelState: TensorTree(), progress: progress, key: key))
      }
      // All rules' updates at once, as those of a group of trainers.
      func together(_ trees: [TensorTree]) -> [Tensor] {
        start.paths.map { path in Tensor.stack(trees.compactMap { $0[path] }) }
      }
      let gradients = ruled.map(\.evaluation.gradients)
      let batched = together(parameters) + together(gradients) + Array(carry[1...stacked.count])
      let updated = vectorized(over: batched.map { _ in 0 } + [nil]) { arguments in
        let result = transform.update(
          start.with(arguments[start.count...]), state: optimizerState.with(arguments[(2 * start.count)...]),
          context: UpdateContext(
            parameters: start.with(arguments),
            progress: Progress(step: arguments[batched.count], stepsPerEpoch: 4, epochs: 2, batchSize: 4), key: key,
            loss: Tensor(0)))
        return result.updates.tensors + result.state.tensors
      }(batched + [carry[0]])
      let results = rules.indices.map { index in
        let moved = parameters[index].zip(start.with(updated.map { $0[index] }), +)
        return average[index].update(
          moved, state: oldAverages[index],
          context: UpdateContext(
            parameters: parameters[index], progress: progress, key: key, loss: Tensor(0),
            learningRate: transform.learningRate))
      }
      let losses = rules.indices.map { index in
        batch(average[index].averaged(results[index].parameters, state: results[index].state), TensorTree()).loss
      }
      return (
        [carry[0] + 1] + Array(updated.dropFirst(start.count)) + results.flatMap(\.parameters.tensors)
          + ruled.flatMap(\.state.tensors) + results.flatMap(\.state.tensors), [Tensor.stack(losses)]
      )
    }.outputs[0]
  }

  @Test func everyPairTrains() throws {
    let names = Registry<any Optimizer>.all.names
    let rules = Registry<any GradientRule>.all.names
    let start = try Double(Self.batch(Self.start, TensorTree()).loss.scalar() as Float)
    let found = try Tensor.evaluate(
      names.enumerated().map { try Self.losses(Self.chosen($1), shift: $0) }
    ).map { try $0.values(as: Float.self).suffix(rules.count) }
    for (name, losses) in zip(names, found) {
      for (rule, loss) in zip(rules, losses) {
        #expect(Double(loss) < start, "\(name) with \(rule): from \(start) to \(loss)")
      }
    }
    // Each average has its turn with each optimizer.
    #expect(rules.count >= Registry<any Averaging>.all.names.count)
  }
}
