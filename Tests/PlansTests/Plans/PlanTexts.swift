@testable import Plans

/// A plan of a few tiny runs.
enum PlanTexts {
  static let rates = """
    title: Rates
    metric: val_loss
    baseline: sgd
    seeds: 0..2
    base:
      data: syntheticDigits(train: 200, test: 100)
      model: {name: mlp, hidden: [8]}
      epochs: 3
      batchSize: 20
    arms:
      sgd:
        optimizer: sgd(learningRate: 0.1)
      adam:
        optimizer: adam
        published: {train: 100, test: 97.85, best: 97.88, reached: [2, never], seconds: 41}
      plain:
    grid:
      optimizer.learningRate: [0.1, 0.5]
      batchSize: 20
    """

  static func plan(_ text: String) throws -> StudyPlan { try StudyPlan(yaml: text, source: "plan.yml", name: "plan") }
}
