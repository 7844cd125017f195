import OrderedCollections
import Training

/// The mean of the parameters of several models of one architecture, chosen greedily (Wortsman et al. 2022,
/// https://arxiv.org/abs/2203.05482).
///
/// Models that were fine-tuned from the same weights often lie in one basin, where their mean is better than each of them. Models
/// of different beginnings don't: their soup is the best one alone. Running statistics are means too.
///
/// ```swift
/// var data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
/// (data.train, data.test) = try data.train.split(validationFraction: 0.2, seed: 1)
/// let files = try [0, 1].map { seed in
///   let run = Run(try Arm("model", ["epochs": "1"]).configuration(base: [], seed: seed), data: data)
///   let (trainer, history) = try run.train()
///   return try ModelFile(trainer, of: run, after: history.epochs.last)
/// }
/// let soup = try ModelSoup(files, metric: PrimaryMetric("accuracy")) { file in
///   try TrainedModel(file).evaluate(data)["accuracy"] ?? .nan
/// }
/// print(soup.members, soup.score)
/// ```
public struct ModelSoup: Sendable {
  /// A model that was tried, in the order of the models' own scores.
  public struct Trial: Sendable, Hashable {
    /// The model's place among those that were given.
    public let index: Int
    public let ownScore: Double
    /// The score of the soup with it; nil for a model whose own score is no number.
    public let soupScore: Double?
    public let isKept: Bool
  }

  /// With the configuration of the best model.
  public let file: ModelFile
  public let trials: [Trial]
  /// The soup's score.
  public let score: Double

  /// The places of the models in the soup, the best first.
  public var members: [Int] { trials.filter(\.isKept).map(\.index) }

  /// Begins with the best model and adds each next one unless the soup becomes worse.
  /// - Parameters:
  ///   - files: at least one.
  ///   - metric: says which scores are better.
  ///   - score: of a model, on data that none was trained on, and that the soup isn't judged by afterwards.
  /// - Throws: ``ModelFileError/unlikeModels(arrays:)``; what `score` throws.
  public init(_ files: [ModelFile], metric: PrimaryMetric, score: (ModelFile) throws -> Double) throws {
    let scores = try files.map(score)
    let order = files.indices.sorted { first, second in
      let (one, other) = (scores[first], scores[second])
      if metric.isBetter(one, than: other) { return true }
      return metric.isBetter(other, than: one) ? false : first < second
    }
    var (members, trials): ([Int], [Trial]) = ([], [])
    var best = Double.nan
    for index in order {
      let own = scores[index]
      guard own.isFinite || members.isEmpty else {
        trials.append(Trial(index: index, ownScore: own, soupScore: nil, isKept: false))
        continue
      }
      let found = members.isEmpty ? own : try score(Self.mean((members + [index]).map { files[$0] }))
      let isKept = members.isEmpty || (found.isFinite && !metric.isBetter(best, than: found))
      trials.append(Trial(index: index, ownScore: own, soupScore: found, isKept: isKept))
      if isKept { (members, best) = (members + [index], found) }
    }
    (self.trials, self.score) = (trials, best)
    file = try Self.mean(members.map { files[$0] })
  }

  /// The mean of all arrays of models, with the configuration of the first; integers are the first's.
  /// - Throws: ``ModelFileError/unlikeModels(arrays:)`` if there are none, or their arrays differ in names, shapes or types.
  public static func mean(_ files: [ModelFile]) throws -> ModelFile {
    guard var soup = files.first else { throw ModelFileError.unlikeModels(arrays: []) }
    func form(_ file: ModelFile, _ path: String) -> TensorType? {
      file.tensors[path].map { TensorType($0.dtype, Shape($0.shape)) }
    }
    for file in files.dropFirst() {
      let unlike = Set(soup.tensors.keys).union(file.tensors.keys).filter { form(soup, $0) != form(file, $0) }
      guard unlike.isEmpty else { throw ModelFileError.unlikeModels(arrays: unlike.sorted()) }
    }
    let smooth = soup.tensors.filter { $0.value.dtype.isFloatingPoint }
    let means = try Tensor.evaluate(
      smooth.map { path, array in
        let parts = files.compactMap { $0.tensors[path] }.map { Tensor($0).upcast / Double(files.count) }
        return parts.dropFirst().reduce(parts[0], +).cast(to: array.dtype)
      })
    for (path, mean) in zip(smooth.keys, means) { soup.tensors[path] = try mean.hostArray() }
    return soup
  }
}
