/// What the programs of a training are traced from, apart from its state and data.
struct Setup {
  let model: any Layer
  private(set) var method: Method
  let precision: Precision
  /// The type of the model's outputs for one example.
  let outputType: TensorType
  /// The calls of blocks that the model is made of.
  let blockCount: Int
  var hasBlocks: Bool { blockCount > 0 }

  /// The same with one of the method's alternative averages, to evaluate the training's state.
  func evaluating(alternative index: Int) -> Setup {
    var setup = self
    setup.method.averaging = method.averaging.alternatives[index].averaging
    return setup
  }
}

/// One or more values of a kind, one per trainer of a program. The first stands for all in what they have in common.
struct Members<Element> {
  let first: Element
  let others: [Element]

  init(_ first: Element, _ others: [Element] = []) { (self.first, self.others) = (first, others) }

  var all: [Element] { [first] + others }
  var count: Int { 1 + others.count }
  /// A single member needs no leading axis.
  var isSingle: Bool { others.isEmpty }

  func map<Result>(_ transform: (Element) throws -> Result) rethrows -> Members<Result> {
    Members<Result>(try transform(first), try others.map(transform))
  }

  /// Pairs of the members and those of others, which are as many.
  func zip<Other>(_ other: Members<Other>) -> Members<(Element, Other)> {
    Members<(Element, Other)>((first, other.first), Array(Swift.zip(others, other.others)))
  }
}
