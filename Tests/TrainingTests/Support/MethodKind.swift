import Configuration
import TestSupport

@testable import Training

/// The kinds of methods that a step of training is made of, each with a program of a step, traced and written without an engine.
enum MethodKind: String, CaseIterable {
  case optimizer, transform, constraint, rule, average, loss, penalty, augmentation

  var types: [any Configurable.Type] {
    switch self {
    case .optimizer: Registry<any Optimizer>.all.types
    case .transform: Registry<any NamedTransform>.all.types
    case .constraint: Registry<any WeightConstraint>.all.types
    case .rule: Registry<any GradientRule>.all.types
    case .average: Registry<any Averaging>.all.types
    case .loss: Registry<any Loss>.all.types
    case .penalty: Registry<any Penalty>.all.types
    case .augmentation: Registry<any Augmentation>.all.types
    }
  }

  /// The method that `text` names.
  func method(_ text: String) throws -> any Configurable {
    let spec = try MethodSpec(parsing: text)
    return switch self {
    case .optimizer: try Registry<any Optimizer>.all.build(spec)
    case .transform: try Registry<any NamedTransform>.all.build(spec)
    case .constraint: try Registry<any WeightConstraint>.all.build(spec)
    case .rule: try Registry<any GradientRule>.all.build(spec)
    case .average: try Registry<any Averaging>.all.build(spec)
    case .loss: try Registry<any Loss>.all.build(spec)
    case .penalty: try Registry<any Penalty>.all.build(spec)
    case .augmentation: try Registry<any Augmentation>.all.build(spec)
    }
  }

  /// The StableHLO of a step of the method that `text` names, as a function of the step's number.
  func program(_ text: String) throws -> String {
    switch try method(text) {
    case is any NamedTransform: try MethodKind.optimizer.program("preceded(by: \(text), optimizer: sgd)")
    case is any WeightConstraint: try MethodKind.optimizer.program("constrained(by: \(text), optimizer: sgd)")
    case let optimizer as any Optimizer: try Self.update(optimizer.transform)
    case let rule as any GradientRule: try Self.gradients(rule)
    case let average as any Averaging: try Self.average(average)
    case let loss as any Loss: try Self.loss(loss)
    case let penalty as any Penalty:
      try Self.traced([]) { parameters, _, progress in [penalty.scheduled(at: progress)(parameters)] }
    case let augmentation as any Augmentation: try Self.images(augmentation)
    default: throw Unknown(text: text)
    }
  }

  private struct Unknown: Error { let text: String }

  private static let tree = TensorTree([("dense/kernel", Tensor.ones([2, 3])), ("dense/bias", Tensor.ones([3]))])

  /// A function of two parameters, of other arguments, and of the step.
  private static func traced(
    _ types: [TensorType], _ body: (TensorTree, [Tensor], Progress) throws -> [Tensor]
  ) throws -> String {
    let all = [TensorType(.int32, [])] + tree.types + types
    return try TracedFunction(batchSize: 4, all) { arguments in
      try body(
        tree.with(arguments[1...tree.count]), Array(arguments.dropFirst(1 + tree.count)),
        Progress(step: arguments[0], stepsPerEpoch: 4, epochs: 2, batchSize: 4))
    }.stableHLO().text
  }

  private static func update(_ transform: any Transform) throws -> String {
    let state = transform.initial(tree)
    return try traced(tree.types + state.types) { parameters, others, progress in
      let context = UpdateContext(
        parameters: parameters, progress: progress, key: Key(seed: 1), loss: Tensor(1),
        learningRate: transform.learningRate)
      let result = transform.update(
        tree.with(others.prefix(tree.count)), state: state.with(others.dropFirst(tree.count)), context: context)
      return result.updates.tensors + state.zip(result.state) { $1 }.tensors
    }
  }

  private static func average(_ average: any Averaging) throws -> String {
    let state = average.initial(tree)
    return try traced(state.types) { parameters, others, progress in
      let context = UpdateContext(
        parameters: parameters, progress: progress, key: Key(seed: 1), loss: Tensor(1), learningRate: 0.1)
      let result = average.update(parameters, state: state.with(others), context: context)
      return result.parameters.tensors + average.averaged(result.parameters, state: result.state).tensors
    }
  }

  private static func gradients(_ rule: any GradientRule) throws -> String {
    let state = rule.initial(tree)
    return try traced(state.types) { parameters, others, progress in
      let batch = EvaluableBatch(BatchPart(size: 4)) { point, modelState, part in
        let shares = part.rows(of: Tensor([0.5, 1, 1.5, 2] as [Float]))
        let losses = point.tensors.map { $0.squared().sum() }.reduce(Tensor(0), +) * shares
        return Evaluation(
          loss: losses.mean(), gradients: point.mapValues { $0 * shares.mean() }, state: modelState,
          metrics: TensorTree(), losses: losses)
      }
      let context = GradientContext(
        parameters: parameters, modelState: TensorTree(), progress: progress, key: Key(seed: 1))
      let result = rule.evaluate(batch, state: state.with(others), context: context)
      return [result.evaluation.loss] + result.evaluation.gradients.tensors + state.zip(result.state) { $1 }.tensors
    }
  }

  private static func loss(_ loss: any Loss) throws -> String {
    let isOfClasses = [.classLogits, .classProbabilities, .classLogProbabilities].contains(loss.outputKind)
    let outputs = TensorType(.float32, [4, isOfClasses ? 3 : 1])
    let targets =
      !isOfClasses ? outputs : loss is KLDivergence ? TensorType(.float32, [4, 3]) : TensorType(.int32, [4])
    let types = [targets] + (0..<loss.passes).map { _ in outputs }
    return try traced(types) { _, others, progress in
      let loss = loss.scheduled(at: progress)
      let total = loss.total(passes: Array(others.dropFirst()), others[0], weights: nil)
      return [loss.value(sum: total.sum, count: total.count, penalty: nil).objective]
    }
  }

  private static func images(_ augmentation: any Augmentation) throws -> String {
    let types = [TensorType(.uint8, [4, 16, 16, 3]), TensorType(.int32, [4])]
    return try traced(types) { _, others, progress in
      let pipeline = AugmentationPipeline([augmentation]).scheduled(at: progress)
      let batch = ImageBatch(images: others[0], targets: others[1], classes: 10)
      let key = Key(seed: 1)
      let found = pipeline(pipeline(batch, stage: .source, key: key), stage: .prepared, key: key)
      return [found.images, found.targets]
    }
  }
}
