"""What a NumPy program draws after np.random.seed(10): the kernels of 784-100-50-10 and two epochs' orders.

usage: python generate_numpy_draws.py > numpy_draws.json
"""
import json

import numpy as np

np.random.seed(10)
kernels = []
for fan_in, fan_out in [(784, 100), (100, 50), (50, 10)]:
    kernel = np.random.randn(fan_in, fan_out) * np.sqrt(2 / fan_in)
    values = kernel.reshape(-1)
    kernels.append({"shape": [fan_in, fan_out], "first": values[:5].tolist(), "last": values[-5:].tolist(),
                    "sum_of_squares": float(np.sum(values * values))})
orders = []
for _ in range(2):
    index = np.arange(60000)
    np.random.shuffle(index)
    orders.append({"first": index[:10].tolist(), "last": index[-10:].tolist()})
print(json.dumps({"kernels": kernels, "orders": orders}, indent=1))
