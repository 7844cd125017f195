/// What article 2's experiments share (S2-7, S2-12).
enum Article2 {
  /// `np.random.seed(10)` before each run.
  static let seed = 10

  /// Softmax and cross entropy with one gradient; the reported probability is clipped from below.
  static let loss = "softmaxCrossEntropy(clip: 1e-7)"

  /// 784-100-50-10, batches of 100, 50 epochs, plain SGD at rate 0.1, NumPy's draws.
  static let base = [
    "data": "digits", "model": "mlp(hidden: [100, 50], activation: relu)", "loss": loss,
    "optimizer": "sgd(learningRate: 0.1)", "batch": "100", "epochs": "50", "draws": "numPy", "untrained": "true",
  ]
}
