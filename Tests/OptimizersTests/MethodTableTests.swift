import Configuration
import Optimizers
import TestSupport
import Testing

/// Every optimizer with every gradient rule and every average, in single precision.
@Suite(.tags(.engine)) struct MethodTableTests {
  /// A single matrix: with every tensor more the program takes as long again to compile.
  private static let start = TensorTree([
    ("dense/kernel", Tensor([1, -2, 0.5, 3, -1.5, 2] as [Float], shape: [2, 3]))
  ])

  /// `sum(c w^2) / 2` with other curvatures for each element.
  private static var batch: EvaluableBatch {
    let curvatures = start.mapValues { Tensor.iota($0.shape, axis: $0.rank - 1, dtype: .float32) + 0.5 }
    return EvaluableBatch(BatchPart(size: 4)) { parameters, state, part in
      var curvatures = curvatures
      // As terms, a quarter of it and the rest.
      if case .term(let index, _) = part.view { curvatures = curvatures.mapValues { $0 * (index == 0 ? 0.25 : 0.75) } }
      let losses = parameters.zip(curvatures) { ($0.squared() * $1).sum() / 2 }.tensors
      return Evaluation(
        loss: losses.dropFirst().reduce(losses[0], +), gradients: parameters.zip(curvatures, *), state: state,
        metrics: TensorTree())
    }
  }

  /// The method of a name as people would choose it.
  private static func chosen(_ name: String) throws -> any Transform {
    let text =
      switch name {
      case "preceded":
        "preceded(by: [clipByGlobalNorm(limit: 5), centralize, normalize, noise(eta: 1e-6)], optimizer: sgd)"
      case "groups": "groups(groups: [group(match: kernel, optimizer: adam)], others: muon)"
      // Steps of 1e-7 are less than single precision shows.
      case "dAdaptSGD": "dAdaptSGD(initialDistance: 0.01)"
      default: name
      }
    return try optimizer(text).transform
  }

  /// Functions of a tree and its place along a leading axis, for all places at once.
  private static func together(
    _ arguments: [TensorTree], step: Tensor, _ body: @escaping ([TensorTree], _ step: Tensor) -> [TensorTree]
  ) -> [TensorTree] {
    var results: [TensorTree] = []
    let tensors = arguments.flatMap(\.tensors)
    var found = vectorized(over: tensors.map { _ in 0 } + [nil]) { values in
      var rest = values[...]
      results = body(
        arguments.map { tree in
          defer { rest = rest.dropFirst(tree.count) }
          return tree.with(rest)
        }, values[tensors.count])
      return results.flatMap(\.tensors)
    }(tensors + [step])[...]
    return results.map { tree in
      defer { found = found.dropFirst(tree.count) }
      return tree.with(found)
    }
  }

  private static func progress(_ step: Tensor) -> Progress {
    Progress(step: step, stepsPerEpoch: 4, epochs: 2, batchSize: 4)
  }

  /// The losses that are evaluated after some steps, `[optimizers, rules]`. The rules have the averages in turn.
  ///
  /// All optimizers take a rule's gradients in one vectorized function, and all rules an optimizer's updates in another.
  private static func losses(
    _ transforms: [any Transform], _ rules: [any GradientRule], _ averages: [any Averaging], steps: Int = 8
  ) -> Tensor {
    let key = Key(seed: 1)
    func repeated(_ tree: TensorTree, _ count: Int) -> TensorTree {
      tree.mapValues { $0.broadcast(to: $0.shape.prepending(count)) }
    }
    let parameters = rules.map { _ in repeated(start, transforms.count) }
    let ruleStates = rules.map { repeated($0.initial(start), transforms.count) }
    let averageStates = averages.map { repeated($0.initial(start), transforms.count) }
    let states = transforms.map { repeated($0.initial(start), rules.count) }
    let trees = parameters + ruleStates + averageStates + states
    return scan(carry: [Tensor(0, dtype: .int32)] + trees.flatMap(\.tensors), length: steps) { carry, _ in
      let step = carry[0]
      var rest = carry.dropFirst()
      func next(_ tree: TensorTree) -> TensorTree {
        defer { rest = rest.dropFirst(tree.count) }
        return tree.with(rest)
      }
      let points = parameters.map(next)
      let (oldRules, oldAverages, oldStates) = (ruleStates.map(next), averageStates.map(next), states.map(next))
      // Gradients and next states of each rule, `[optimizers, …]`.
      let ruled = rules.indices.map { index in
        together([points[index], oldRules[index]], step: step) { trees, step in
          let context = GradientContext(
            parameters: trees[0], modelState: TensorTree(), progress: progress(step), key: key.folding(step))
          let result = rules[index].evaluate(batch, state: trees[1], context: context)
          return [result.evaluation.gradients, trees[1].zip(result.state) { $1 }]
        }
      }
      func ofOptimizer(_ index: Int, _ trees: [TensorTree]) -> TensorTree {
        start.map { path, _ in Tensor.stack(trees.compactMap { $0[path]?[index] }) }
      }
      // Updates and next states of each optimizer, `[rules, …]`.
      let updated = transforms.indices.map { index in
        let arguments = [ofOptimizer(index, points), ofOptimizer(index, ruled.map { $0[0] }), oldStates[index]]
        return together(arguments, step: step) { trees, step in
          let context = UpdateContext(
            parameters: trees[0], progress: progress(step), key: key.folding(step), loss: Tensor(0))
          let result = transforms[index].update(trees[1], state: trees[2], context: context)
          return [result.updates, trees[2].zip(result.state) { $1 }]
        }
      }
      // Next parameters, states and losses of each rule's average, `[optimizers, …]`.
      let averaged = rules.indices.map { index in
        let updates = start.map { path, _ in Tensor.stack(updated.compactMap { $0[0][path]?[index] }) }
        return together([points[index], updates, oldAverages[index]], step: step) { trees, step in
          let context = UpdateContext(
            parameters: trees[0], progress: progress(step), key: key, loss: Tensor(0), learningRate: 0.01)
          let result = averages[index].update(trees[0].zip(trees[1], +), state: trees[2], context: context)
          let evaluated = averages[index].averaged(result.parameters, state: result.state)
          let loss = TensorTree([("loss", batch(evaluated, TensorTree()).loss)])
          return [result.parameters, trees[2].zip(result.state) { $1 }, loss]
        }
      }
      let following = averaged.map { $0[0] } + ruled.map { $0[1] } + averaged.map { $0[1] } + updated.map { $0[1] }
      return (
        [step + 1] + following.flatMap(\.tensors), [Tensor.stack(averaged.flatMap { $0[2].tensors }).transpose()]
      )
    }.outputs[0]
  }

  @Test func everyPairTrains() throws {
    let names = Registry<any Optimizer>.all.names
    let rules = Registry<any GradientRule>.all.names + ["surgery(tasks: terms)"]
    let known = Registry<any Averaging>.all
    // Each average has its turn with each optimizer.
    #expect(rules.count >= known.names.count)
    let averages = try rules.indices.map { try known.build(MethodSpec(known.names[$0 % known.names.count])) }
    let start = try Self.batch(Self.start, TensorTree()).loss.scalar()
    let found = try Self.losses(
      names.map(Self.chosen), rules.map { try Registry<any GradientRule>.all.build(MethodSpec(parsing: $0)) }, averages
    ).values(as: Float.self).suffix(names.count * rules.count)
    for (index, loss) in found.enumerated() {
      let (name, rule) = (names[index / rules.count], rules[index % rules.count])
      // bSAM puts out steps, and PUGD directions, which a quasi-Newton method can't take for gradients.
      let isSolved = name != "lbfgs" || !["bsam", "pugd"].contains(rule)
      #expect(isSolved ? Double(loss) < start : loss.isFinite, "\(name) with \(rule): from \(start) to \(loss)")
    }
    #expect(found.count == names.count * rules.count)
  }
}
