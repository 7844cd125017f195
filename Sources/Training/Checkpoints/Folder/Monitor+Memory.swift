extension Monitor {
  /// The best value and its epoch, as checkpoints keep them.
  var memory: CallbackMemory {
    get { CallbackMemory(numbers: best.map { ["bestEpoch": Double($0.epoch), "bestValue": $0.value] } ?? [:]) }
    set {
      best = newValue.numbers["bestEpoch"].flatMap { Int(exactly: $0) }.flatMap { epoch in
        newValue.numbers["bestValue"].map { (epoch, $0) }
      }
    }
  }
}
