/// The numbers an article prints for an arm.
public struct Printed: Sendable, Hashable {
  /// Accuracies in percent: training's and the test set's after the last epoch, and the test set's best.
  public var train: Double?
  public var test: Double?
  public var best: Double?
  /// The epoch of the best.
  public var bestEpoch: Int?
  /// Losses after the last epoch.
  public var trainLoss: Double?
  public var testLoss: Double?
  /// Accuracies in percent and losses after the first epoch.
  public var firstTrain: Double?
  public var firstTest: Double?
  public var firstTrainLoss: Double?
  public var firstTestLoss: Double?
  /// The first epochs at 95, 97 and 98 % on the test set, nil where that was never reached; nil for the whole
  /// where nothing was printed.
  public var reached: [Int?]?
  public var seconds: Double?

  public init(
    train: Double? = nil, test: Double? = nil, best: Double? = nil, bestEpoch: Int? = nil, trainLoss: Double? = nil,
    testLoss: Double? = nil, firstTrain: Double? = nil, firstTest: Double? = nil, firstTrainLoss: Double? = nil,
    firstTestLoss: Double? = nil, reached: [Int?]? = nil, seconds: Double? = nil
  ) {
    self.train = train
    self.test = test
    self.best = best
    self.bestEpoch = bestEpoch
    self.trainLoss = trainLoss
    self.testLoss = testLoss
    self.firstTrain = firstTrain
    self.firstTest = firstTest
    self.firstTrainLoss = firstTrainLoss
    self.firstTestLoss = firstTestLoss
    self.reached = reached
    self.seconds = seconds
  }
}
