/// Runs a cell over time: `[batch, time, …]` to the last output `[batch, …]`, or to all outputs, `[batch, time, …]`.
///
/// ```swift
/// Sequential { Embedding(1000, size: 16); Recurrent(LSTMCell(32)); Dense(2) }
/// ```
/// As a layer it takes one sequence and returns the cell's first output. Inside a layer of your own,
/// ``run(_:initial:in:)`` takes several sequences and initial states, and returns all outputs and the last states.
public struct Recurrent: Layer {
  /// Which outputs are returned.
  public enum Result: String, Sendable, Hashable, CaseIterable { case last, sequence }

  /// The initial states of a batch.
  public enum Memory: Sendable, Hashable {
    /// Zeros.
    case stateless
    /// The last states of the previous batch, zeros before the first. They are the model's state `states/0`, …, for this
    /// many examples: training accepts no other batch size, and outside of training they begin at zero.
    case stateful(batch: Int)
  }

  public var cell: any RecurrentCell
  public var result: Result
  public var memory: Memory

  public init(_ cell: any RecurrentCell, result: Result = .last, memory: Memory = .stateless) {
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
  ///   - initial: `[batch, …]`, instead of the initial states by ``memory``.
  /// - Returns: each output according to ``result``, and the states after the last step.
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
      if case .stateful(let size) = memory, scope.isTraining, size != batch {
        return fail("is stateful for batches of \(size): train with this size, and drop an incomplete last batch")
      }
      let previous = shapes.enumerated().map { previousState($1, at: $0, dtype: dtype, in: scope) }
      let start = initial ?? zip(previous, shapes).map { $0 ?? Tensor.zeros($1, dtype: dtype) }
      guard start.map(\.shape) == shapes else {
        return fail("the cell's states are \(shapes), but begin with \(start.map(\.shape))")
      }
      let looped = scope.loop {
        scan(carry: start, over: steps.map { $0.moveAxis(from: 1, to: 0) }, length: first.shape[1]) { states, inputs in
          let next = cell.step(inputs, states: states, in: scope)
          return (next.states, next.outputs)
        }
      }
      if case .stateful(let size) = memory, size == batch, scope.isTraining {
        for (index, state) in looped.carry.enumerated() { scope.update("states/\(index)", state.stopGradient()) }
      }
      let outputs = looped.outputs.map {
        $0.diagnostic != nil ? $0 : result == .last ? $0[-1] : $0.moveAxis(from: 0, to: 1)
      }
      return (outputs, looped.carry)
    }
  }

  /// The last state `index` of the previous batch; nil if this batch doesn't continue from it.
  private func previousState(_ shape: Shape, at index: Int, dtype: DType, in scope: Scope) -> Tensor? {
    guard case .stateful(let size) = memory else { return nil }
    let state = scope.state("states/\(index)", Shape([size] + shape.dropFirst()), .zeros, dtype: dtype)
    return size == shape[0] ? state : nil
  }
}

/// One step of a recurrent network: from inputs and states to outputs and states, any number of each.
///
/// A cell of your own defines its states and one step; ``Recurrent`` makes it a layer:
/// ```swift
/// struct Averaging: RecurrentCell {
///   func stateShapes(for inputs: [Shape]) -> [Shape] { inputs }
///   func step(_ inputs: [Tensor], states: [Tensor], in scope: Scope) -> (outputs: [Tensor], states: [Tensor]) {
///     let mean = states[0] * 0.9 + inputs[0] * 0.1
///     return ([mean], [mean])
///   }
/// }
/// ```
public protocol RecurrentCell: Sendable {
  /// The shapes of the states of one example, for one example's inputs of these shapes at one step.
  func stateShapes(for inputs: [Shape]) -> [Shape]

  /// Computes what is independent of the states for all steps at once, such as a linear map of the inputs as one matrix
  /// product: from sequences `[batch, time, …]` to the sequences that ``step(_:states:in:)`` gets instead.
  func prepare(_ sequences: [Tensor], in scope: Scope) -> [Tensor]

  /// One step for a batch. It is traced once for all steps, which share parameters and random draws.
  /// - Parameters:
  ///   - inputs: `[batch, …]`, one per sequence.
  ///   - states: `[batch, …]`, of the element type of the inputs. The new ones must have the same types.
  func step(_ inputs: [Tensor], states: [Tensor], in scope: Scope) -> (outputs: [Tensor], states: [Tensor])
}

extension RecurrentCell {
  public func prepare(_ sequences: [Tensor], in scope: Scope) -> [Tensor] { sequences }
}
