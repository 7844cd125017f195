"""The networks for Keras."""

import keras
from keras import layers as K


def cnn(x):
    for filters in [32, 64]:
        x = K.MaxPooling2D()(K.Conv2D(filters, 3, activation="relu")(x))
    return K.Flatten()(x)


def nine(x):
    for block, filters in enumerate([64, 128, 256]):
        x = K.AveragePooling2D(2)(x) if block else x
        for _ in range(3):
            x = K.ReLU()(K.BatchNormalization()(K.Conv2D(filters, 3, padding="same")(x)))
    return K.GlobalAveragePooling2D()(x)


def wide(x, depth=16, width=4):
    def conv(x, filters, size, stride=1):
        x = K.ZeroPadding2D(1)(x) if stride == 2 and size == 3 else x
        padding = "valid" if stride == 2 else "same"
        return K.Conv2D(filters, size, stride, padding, use_bias=False, kernel_initializer="he_normal")(x)

    def active(x):
        return K.ReLU()(K.BatchNormalization(momentum=0.9, epsilon=1e-5)(x))

    x = conv(x, 16, 3)
    for group in range(3):
        for block in range((depth - 4) // 6):
            filters, stride, before = (16 << group) * width, 2 if group and not block else 1, active(x)
            y = conv(active(conv(before, filters, 3, stride)), filters, 3)
            x = K.add([y, conv(before, filters, 1, stride) if x.shape[-1] != filters else x])
    return K.GlobalAveragePooling2D()(active(x))


class Positions(K.Layer):
    """A class token before the patches, and a learned position added to each."""

    def build(self, shape):
        self.token = self.add_weight(shape=(1, 1, shape[-1]), initializer="zeros")
        self.positions = self.add_weight(shape=(1, shape[1] + 1, shape[-1]), initializer=keras.initializers.RandomNormal(stddev=0.02))

    def call(self, x):
        token = keras.ops.broadcast_to(keras.ops.cast(self.token, x.dtype), (keras.ops.shape(x)[0], 1, x.shape[-1]))
        return keras.ops.concatenate([token, x], 1) + self.positions


def vit(x, patch=4, width=64, depth=4, heads=4):
    def normalized(x):
        return K.LayerNormalization(epsilon=1e-6)(x)

    x = Positions()(K.Reshape(((32 // patch) ** 2, width))(K.Conv2D(width, patch, patch)(x)))
    for _ in range(depth):
        before = normalized(x)
        x = K.add([x, K.MultiHeadAttention(heads, width // heads)(before, before)])
        hidden = K.Dense(4 * width, activation="gelu")(normalized(x))
        x = K.add([x, K.Dense(width)(hidden)])
    return normalized(x)[:, 0]


def network(name):
    keras.utils.set_random_seed(10)
    images = keras.Input((32, 32, 3))
    features = {"cnn": cnn, "nine": nine, "wrn": wide, "vit": vit}[name](images)
    # Logits in float32 whatever the layers compute in.
    return keras.Model(images, K.Activation("linear", dtype="float32")(K.Dense(10)(features)))
