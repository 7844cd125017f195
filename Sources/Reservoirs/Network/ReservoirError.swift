/// What keeps a reservoir from being made, driven, fitted or run, and how to mend it.
public enum ReservoirError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A setting is out of its range.
  case setting(name: String, value: String, allowed: String)
  /// A series has a shape that the network doesn't take.
  case shape(series: String, found: [Int], expected: String)
  /// A series has a value that isn't a number.
  case notFinite(series: String, step: Int, channel: Int, value: Double)
  /// The network feeds back its output, and there is no teacher to feed back instead.
  case missingTeacher
  /// A teacher was given to a network that feeds nothing back.
  case unusedTeacher
  /// The network has inputs, and none were given.
  case missingInputs(count: Int)
  /// Generation needs an output that is fed back.
  case noFeedback
  /// FORCE learns with the output fed back, and there is none.
  case noOutputFedBack
  /// Outputs can't go in where inputs do: there are others in number, or the network has a feedback already.
  case openLoop(inputs: Int, outputs: Int)
  /// A file doesn't hold a network as it should.
  case malformedFile(path: String?, reason: String)
  /// Nothing is left to learn from.
  case washout(steps: Int, length: Int)
  /// There is no readout yet.
  case notFitted
  /// The regression has no unique solution in this precision.
  case singular(penalty: Double, dtype: String)
  /// The recurrent weights can't be scaled: their spectral radius is 0.
  case zeroRadius(units: Int, connectivity: Double)
  /// A folded regression has too few steps.
  case folds(count: Int, steps: Int)
  /// Networks of an ensemble must be made alike.
  case differentMembers(String)
  /// An ensemble was given another number of readouts than it has networks.
  case readouts(count: Int, networks: Int)
  /// Nodes of a graph read each other in the same step.
  case cycle(nodes: [String])
  /// Nodes of a graph don't fit together.
  case graph(String)
  /// A node's steps have no derivative.
  case undifferentiable(node: String, reason: String)
  /// States or outputs overflowed.
  case diverged(step: Int)

  public var description: String {
    switch self {
    case .setting(let name, let value, let allowed): "'\(name)' is \(value), but must be \(allowed)"
    case .shape(let series, let found, let expected): "the \(series) have the shape \(found), but must be \(expected)"
    case .notFinite(let series, let step, let channel, let value):
      "the \(series) are \(value) at step \(step), channel \(channel): replace or cut out what isn't a finite number"
    case .missingTeacher:
      "the network feeds back its output: give a teacher, whose values are fed back while there is no readout"
    case .unusedTeacher: "the network feeds nothing back (feedback: false), so 'drive' takes no teacher"
    case .missingInputs(let count): "the network has \(count) input\(count == 1 ? "" : "s"), but none were given"
    case .noFeedback:
      "the network feeds nothing back, so it can't generate: make it with 'feedback: true', or predict from inputs"
    case .noOutputFedBack:
      "force feeds back the network's own output while it learns: take a network with feedback, as reservoirGeneration "
        + "has, or the readout 'recursiveLeastSquares'"
    case .openLoop(let inputs, let outputs):
      "a network with \(inputs) inputs and \(outputs) outputs can't take its outputs for inputs: as many are needed, and "
        + "no feedback"
    case .malformedFile(let path, let reason):
      (path.map { "\($0): " } ?? "") + "\(reason). Save the network again with 'save(to:)' or 'tanren run'."
    case .washout(let steps, let length):
      "a washout of \(steps) steps leaves nothing of \(length): take a shorter one or a longer series"
    case .notFitted: "the network has no readout yet: call 'fit' first"
    case .singular(let penalty, let dtype):
      "the regression is singular in \(dtype) with lambda \(penalty): raise lambda, or take the readout 'pinv'"
    case .zeroRadius(let units, let connectivity):
      "the recurrent weights of \(units) units have the spectral radius 0 and can't be scaled to another: raise the "
        + "connectivity (\(connectivity)), or the number of units"
    case .folds(let count, let steps): "\(steps) steps can't be divided into \(count) folds"
    case .differentMembers(let reason): "an ensemble's networks must be made alike: \(reason)"
    case .readouts(let count, let networks): "\(count) readouts for \(networks) networks: give one for each"
    case .cycle(let nodes):
      "the nodes \(nodes.joined(separator: ", ")) read each other in the same step: feed one back (feedback: [name]), or put a "
        + "'delay' between them"
    case .graph(let reason): "the network can't be used: \(reason)"
    case .undifferentiable(let node, let reason): "backpropagation can't pass the node '\(node)': \(reason)"
    case .diverged(let step):
      "the network's output isn't finite any more at step \(step): raise lambda, or lower the scales"
    }
  }
}
