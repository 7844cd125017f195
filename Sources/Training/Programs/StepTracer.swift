/// Traces one training step: the slots put together, without knowledge of any particular method.
struct StepTracer {
  let setup: Setup
  let plan: FitPlan
  /// How much each class counts in the loss; nil if all count alike.
  let classWeights: [Double]?
  let checkpointing: GradientCheckpointing
  /// The devices that a batch is spread over, in equal parts; nil for one.
  let devices: DeviceAxis?
  /// What each of them updates of the parameters, if not all of it.
  let shares: ParameterShares?

  /// Of several devices each has its own examples; the state, and what it becomes, is the same on all.
  /// - Parameter step: number of updates done before, an `int32` scalar.
  /// - Returns: the state after the step, and a row of the batch's sums and counts.
  func callAsFunction(
    _ state: TrainingState, _ data: StepExamples, step: Tensor, key: Key
  ) -> (state: TrainingState, sums: Tensor) {
    let (model, method, precision) = (setup.model, setup.method, setup.precision)
    let size = data.inputs.shape[0] * (devices?.count ?? 1)
    let progress = plan.progress(at: step)
    let loss = method.loss.scheduled(at: progress)
    // What is frozen is a constant to gradients, rules, optimizers and averages.
    let (all, parameters) = (state.parameters, method.trained(state.parameters))
    let stepKey = key.derived("step").folding(step)
    let stepGuard = StepGuard(method, state)
    let scale = stepGuard?.scale
    let given = prepared(data.inputs, data.targets, at: progress, key: stepKey.derived("augmentation"))
    let batch = EvaluableBatch(BatchPart(size: size, over: devices)) { parameters, modelState, examples in
      // Without augmentation only the part that is evaluated takes the memory of floating-point numbers.
      let groups = method.normalizationGroups(of: examples.count, in: size)
      let x =
        groups.problem.map(Tensor.failed) ?? given.map { examples.rows(of: $0.images) }
        ?? method.preprocessing(examples.rows(of: data.inputs), dtype: precision.computation)
      let targets = examples.rows(of: given?.targets ?? data.targets)
      let (weights, levels) = (data.weights.map(examples.rows), data.floodLevels.map(examples.rows))
      // A different key per part of the batch, the same for each pass over it.
      let partKey = examples.key(from: stepKey.derived("model"))
      let mixing = setup.mixing(of: examples, at: progress, key: partKey.derived("manifoldMixup"))
      var evaluation = Evaluation(loss: Tensor(0), gradients: parameters, state: modelState, metrics: TensorTree())
      let (objective, gradients) = valueAndGradient(at: parameters.tensors) { point in
        let trained = parameters.with(point)
        let own = examples.devices.map { trained.with($0.spread(point)) } ?? trained
        let parameters = method.freeze == nil ? own : all.replaced(by: own)
        var outputs: [Tensor] = []
        for pass in 0..<Swift.max(1, loss.passes) {
          let result = model.apply(
            ModelVariables(parameters: parameters, state: evaluation.state), to: x, isTraining: true,
            key: pass == 0 ? partKey : partKey.derived("pass").folding(pass), precision: precision,
            isFrozen: method.isStateFrozen, checkpointing: checkpointing, devices: examples.devices,
            normalizationGroups: groups.count, mixing: mixing)
          outputs.append(result.output.upcast)
          evaluation.state = result.state
        }
        let seen = examples.view.seen(outputs, targets, mixing, levels, of: loss)
        evaluation.losses = seen.losses
        let total = seen.total(
          weights: lossWeights(targets, weights, data.importance.map(examples.rows), dtype: outputs[0].dtype))
        let totals = examples.devices.sum([total.sum, total.count])
        let value = examples.view.value(
          of: loss, sum: totals[0], count: totals[1], penalty: method.penalty(trained, at: progress))
        evaluation.reported = value.reported
        evaluation.weight = totals[1]
        let sums = method.sums(outputs[0], targets, weights)
        evaluation.metrics = sums.with(examples.devices.sum(sums.tensors))
        return scale.map { value.objective * $0.cast(to: value.objective.dtype) } ?? value.objective
      }
      func unscaled(_ x: Tensor) -> Tensor { scale.map { x * (1 / $0).cast(to: x.dtype) } ?? x }
      evaluation.loss = unscaled(objective)
      evaluation.gradients = parameters.with(gradients.map(unscaled))
      return evaluation
    }
    let ruled = method.gradientRule.evaluate(
      batch, state: state.rule,
      context: GradientContext(
        parameters: parameters, modelState: state.modelState, progress: progress, key: stepKey.derived("rule")))
    let evaluation = ruled.evaluation
    let context = UpdateContext(
      parameters: parameters, progress: progress, key: stepKey.derived("optimizer"), loss: evaluation.loss,
      learningRate: method.optimizer.transform.learningRate, curvature: evaluation.curvature)
    let own = context.limited(to: shares)
    let updated = method.optimizer.transform.update(
      shares?.parts(of: evaluation.gradients) ?? evaluation.gradients, state: state.optimizer, context: own)
    let updates = method.scaled(updated.updates, by: state.learningRateScale)
    let changed = own.parameters.moved(by: updates, method.parameterRounding, key: stepKey.derived("rounding"))
    let moved = shares?.whole(changed) ?? changed
    let averaged = method.averaging.update(moved, state: state.averaging, context: context)
    let next = state.replacing(
      parameters: method.freeze == nil ? averaged.parameters : all.replaced(by: averaged.parameters),
      state: evaluation.state, optimizer: updated.state, rule: ruled.state,
      averaging: averaged.state)
    let count = evaluation.weight ?? Tensor(Double(size), dtype: evaluation.reported.dtype)
    let row = method.row(
      lossSum: evaluation.reported * count.cast(to: evaluation.reported.dtype), count: count, evaluation.metrics)
    guard let stepGuard else { return (next, row) }
    let isDone = StepGuard.isFinite(evaluation.gradients)
    return (stepGuard.choose(next, over: state, isDone: isDone), Tensor.select(isDone, row, row.zerosLike()))
  }

  /// What each example counts in the loss; nil if all count alike.
  private func lossWeights(_ targets: Tensor, _ mask: Tensor?, _ importance: Tensor?, dtype: DType) -> Tensor? {
    guard classWeights != nil || importance != nil else { return mask }
    let parts = [mask, importance, classWeights.map { targets.weights($0, dtype: dtype) }].compactMap(\.self)
    return parts.map { $0.cast(to: dtype) }.reduce(Tensor.ones([targets.shape[0]], dtype: dtype)) { $0 * $1 }
  }

  /// The batch augmented and preprocessed, once for all passes over it; nil if nothing is augmented.
  private func prepared(_ inputs: Tensor, _ targets: Tensor, at progress: Progress, key: Key) -> ImageBatch? {
    let method = setup.method
    guard !method.augmentation.isEmpty else { return nil }
    let augmentation = method.augmentation.scheduled(at: progress)
    let classes = setup.outputType.shape.last
    // The integers of a single output aren't classes: mixing images mixes these numbers.
    let areClasses = classes > 1
    let numbers = !areClasses && targets.dtype.isInteger ? targets.cast(to: .float32) : targets
    var batch = ImageBatch(
      images: inputs, targets: numbers, classes: areClasses ? classes : nil, devices: devices)
    batch = augmentation(batch, stage: .source, key: key)
    batch.images = method.preprocessing(batch.images, dtype: setup.precision.computation)
    return augmentation(batch, stage: .prepared, key: key)
  }
}

extension Method {
  /// The groups of a part of a batch that is evaluated by itself; one if the part is smaller than a group.
  fileprivate func normalizationGroups(of count: Int, in size: Int) -> (count: Int, problem: Diagnostic?) {
    let (share, rest) = (normalizationGroups * count).quotientAndRemainder(dividingBy: Swift.max(1, size))
    if share == 0 || rest == 0 { return (Swift.max(1, share), nil) }
    let message =
      "parts of \(count) examples, which the gradient rule evaluates by themselves, cut the \(normalizationGroups) groups of "
      + "a batch of \(size): let the groups be a multiple of the parts, or the other way round"
    return (1, Diagnostic(operation: "normalizationGroups", message: message, file: nil))
  }
}

extension Setup {
  /// How the examples of a batch, or of a part of it, are mixed; nil if they aren't.
  fileprivate func mixing(of examples: BatchPart, at progress: Progress, key: Key) -> HiddenMixing? {
    method.manifoldMixup.map { alpha in
      let partners = key.derived("partners").permutation(examples.count)
      return HiddenMixing(
        partners: examples.devices?.rows(of: partners) ?? partners,
        share: key.derived("share").symmetricBeta(1, alpha: alpha.at(progress)).squeeze(0),
        place: key.derived("place").offsets(1, upTo: blockCount).squeeze(0), devices: examples.devices)
    }
  }
}

extension DeviceAxis? {
  /// What all devices have together.
  func sum(_ tensors: [Tensor]) -> [Tensor] { self?.sum(tensors) ?? tensors }

  /// These devices if a batch of `count` examples can be spread over them in equal parts, and nil otherwise.
  func dividing(_ count: Int) -> DeviceAxis? { flatMap { count.isMultiple(of: $0.count) ? $0 : nil } }

  /// Of examples that are spread over devices in equal parts, where those of this device begin, and how many they are.
  func own(from start: Tensor, count: Int) -> (start: Tensor, count: Int) {
    guard let self else { return (start, count) }
    let share = count / self.count
    return (start + self.index * Double(share), share)
  }
}
