/// One step of a recurrent network: from inputs and states to outputs and states, any number of each.
///
/// A cell of your own says what states it has and how a step goes; ``Recurrent`` makes it a layer:
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

  /// What can be computed for all steps at once, from sequences `[batch, time, …]` to sequences that
  /// ``step(_:states:in:)`` gets instead: a linear map of the inputs is one product of matrices then.
  func prepare(_ sequences: [Tensor], in scope: Scope) -> [Tensor]

  /// One step for a batch. Traced once, for all steps: parameters are the same in each, and so are random draws.
  /// - Parameters:
  ///   - inputs: `[batch, …]`, one of each sequence.
  ///   - states: `[batch, …]`, of the element type of the inputs. The new ones must have the same types.
  func step(_ inputs: [Tensor], states: [Tensor], in scope: Scope) -> (outputs: [Tensor], states: [Tensor])
}

extension RecurrentCell {
  public func prepare(_ sequences: [Tensor], in scope: Scope) -> [Tensor] { sequences }
}
