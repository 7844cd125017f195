extension ResNet: DepthGrouping {
  public func depthGroup(of path: [String]) -> DepthGroup {
    switch path.first {
    case "conv1", "bn1": .stem
    case "fc": .head
    default: .block(path, 0, 1)
    }
  }
}

extension PreActResNet: DepthGrouping {
  public func depthGroup(of path: [String]) -> DepthGroup {
    switch path.first {
    case "stem": .stem
    case "norm": .closing
    case "head": .head
    default: .block(path, 1, 3)
    }
  }
}

extension KerasResNet: DepthGrouping {
  public func depthGroup(of path: [String]) -> DepthGroup {
    switch path.first {
    case "conv1_conv", "conv1_bn": .stem
    case "post_bn": .closing
    case "predictions": .head
    // The first two numbers of `conv2_block1_1_conv`.
    default: .block(path, 0, count: 2)
    }
  }
}

extension WideResNet: DepthGrouping {
  public func depthGroup(of path: [String]) -> DepthGroup {
    switch path.first {
    case "conv": .stem
    case "norm": .closing
    case "dense": .head
    default: .block(path, 0)
    }
  }
}

extension MobileNetV3: DepthGrouping {
  public func depthGroup(of path: [String]) -> DepthGroup {
    path.first == "classifier" ? .head : path.dropFirst().first == "0" ? .stem : .block(path, 1)
  }
}

extension VisionTransformer: DepthGrouping {
  public func depthGroup(of path: [String]) -> DepthGroup {
    switch (path.first, path.dropFirst().first) {
    case ("heads", _): .head
    case (_, "layers"): .block(path, 2)
    case (_, "ln"): .closing
    default: .stem
    }
  }
}

extension MLPMixer: DepthGrouping {
  public func depthGroup(of path: [String]) -> DepthGroup { .ofTransformer(path) }
}

extension TransformerEncoder: DepthGrouping {
  public func depthGroup(of path: [String]) -> DepthGroup { .ofTransformer(path) }
}

extension DepthGroup {
  fileprivate static func ofTransformer(_ path: [String]) -> DepthGroup {
    switch path.first {
    case "blocks", "layers": .block(path, 1)
    case "norm": .closing
    case "head": .head
    default: .stem
    }
  }
}
