/// A cell run over time: `[batch, time, …]` to its last output `[batch, …]`, or to all, `[batch, time, …]`.
///
/// ```swift
/// Sequential { Embedding(1000, size: 16); Recurrent(LSTMCell(32)); Dense(2) }
/// ```
/// As a layer it takes one sequence and gives the cell's first output. Inside of a layer of your own,
/// ``run(_:initial:in:)`` takes several sequences and initial states, and gives all outputs and the last states.
public struct Recurrent: Layer {
  /// What is returned of the outputs.
  public enum Result: String, Sendable, Hashable, CaseIterable { case last, sequence }

  /// Where the states begin.
  public enum Memory: Sendable, Hashable {
    /// At zero, with each batch.
    case fresh
    /// Where the batch before ended; zeros before the first. They are the model's state `states/0`, …, of this
    /// many examples. Training takes batches of no other size; outside of training they begin at zero.
    case kept(batch: Int)
  }

  public var cell: any RecurrentCell
  public var result: Result
  public var memory: Memory

  public init(_ cell: any RecurrentCell, result: Result = .last, memory: Memory = .fresh) {
    self.cell = cell
    self.result = result
    self.memory = memory
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    run([x], in: scope).outputs.first
      ?? .failed(Diagnostic(operation: label, message: "the cell has no outputs", inputs: [x.type]))
  }

  /// Runs the cell over sequences of one length.
  /// - Parameters:
  ///   - sequences: `[batch, time, …]`, the cell's inputs.
  ///   - initial: `[batch, …]`, instead of where ``memory`` would begin.
  /// - Returns: each output as ``result`` says, and the states after the last step.
  public func run(
    _ sequences: [Tensor], initial: [Tensor]? = nil, in scope: Scope
  ) -> (outputs: [Tensor], states: [Tensor]) {
    TraceContext.$path.withValue(scope.path) {
      func fail(_ message: String) -> (outputs: [Tensor], states: [Tensor]) {
        ([.failed(Diagnostic(operation: label, message: message, inputs: sequences.map(\.type)))], [])
      }
      if let failed = (sequences + (initial ?? [])).first(where: { $0.diagnostic != nil }) { return ([failed], []) }
      guard let first = sequences.first,
        sequences.allSatisfy({ $0.rank >= 2 && Array($0.shape.prefix(2)) == Array(first.shape.prefix(2)) })
      else { return fail("takes sequences [batch, time, …] of one batch and length") }
      guard first.shape[1] >= 1 || result == .sequence else {
        return fail("a sequence without steps has no last output")
      }
      let steps = cell.prepare(sequences, in: scope)
      if let failed = steps.first(where: { $0.diagnostic != nil }) { return ([failed], []) }
      let (batch, dtype) = (first.shape[0], first.dtype.isFloatingPoint ? first.dtype : scope.precision.computation)
      let shapes = cell.stateShapes(for: sequences.map { Shape($0.shape.dropFirst(2)) }).map { $0.prepending(batch) }
      if case .kept(let size) = memory, scope.isTraining, size != batch {
        return fail("keeps its states for batches of \(size): train with these, and drop what doesn't fill one")
      }
      let kept = shapes.enumerated().map { keptState($1, at: $0, dtype: dtype, in: scope) }
      let start = initial ?? zip(kept, shapes).map { $0 ?? Tensor.zeros($1, dtype: dtype) }
      guard start.map(\.shape) == shapes else {
        return fail("the cell's states are \(shapes), but begin with \(start.map(\.shape))")
      }
      let looped = scope.loop {
        scan(carry: start, over: steps.map { $0.moveAxis(from: 1, to: 0) }, length: first.shape[1]) { states, inputs in
          let next = cell.step(inputs, states: states, in: scope)
          return (next.states, next.outputs)
        }
      }
      if case .kept(let size) = memory, size == batch, scope.isTraining {
        for (index, state) in looped.carry.enumerated() { scope.update("states/\(index)", state.stopGradient()) }
      }
      let outputs = looped.outputs.map {
        $0.diagnostic != nil ? $0 : result == .last ? $0[-1] : $0.moveAxis(from: 0, to: 1)
      }
      return (outputs, looped.carry)
    }
  }

  /// The state at `index` as the batch before left it; nil if this batch doesn't go on from there.
  private func keptState(_ shape: Shape, at index: Int, dtype: DType, in scope: Scope) -> Tensor? {
    guard case .kept(let size) = memory else { return nil }
    let state = scope.state("states/\(index)", Shape([size] + shape.dropFirst()), .zeros, dtype: dtype)
    return size == shape[0] ? state : nil
  }
}
