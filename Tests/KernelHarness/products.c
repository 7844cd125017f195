#include "harness.h"

// Calls of the kernels that use oneDNN.

typedef struct {
  int type;
  int64_t rank, input[MOST_AXES], kernel[MOST_AXES], output[MOST_AXES];
} Convolution;

static void add_attributes(Call *call, int64_t space, const int64_t all[4][3], int64_t groups, int64_t winograd) {
  add_integers(call, "strides", space, all[0]);
  add_integers(call, "low", space, all[1]);
  add_integers(call, "high", space, all[2]);
  add_integers(call, "dilation", space, all[3]);
  add_integer(call, "groups", groups);
  add_integer(call, "winograd", winograd);
}

// One that is large enough for Winograd's filtering.
static Convolution make_filter(Random *random, Call *call) {
  int64_t batch = random_between(random, 1, 3), side = random_between(random, 24, 34), channels = random_chance(random, 70) ? 64 : 80;
  int64_t low = random_between(random, 0, 2), high = random_between(random, 0, 2);
  Convolution all = {
    .type = XLA_FFI_DataType_F32, .rank = 4, .input = {batch, side, side, channels}, .kernel = {3, 3, channels, 64},
    .output = {batch, side + low + high - 2, side + low + high - 2, 64}};
  add_attributes(call, 2, (const int64_t[4][3]){{1, 1}, {low, low}, {high, high}, {1, 1}}, 1, 1);
  return all;
}

static Convolution make_convolution(Random *random, Call *call) {
  if (random_chance(random, 8)) return make_filter(random, call);
  int64_t space = random_between(random, 1, 3), groups = random_chance(random, 70) ? 1 : random_between(random, 1, 4);
  Convolution all = {
    .type = random_chance(random, 60) ? XLA_FFI_DataType_F32 : XLA_FFI_DataType_BF16, .rank = space + 2};
  int64_t attributes[4][3];
  all.input[0] = all.output[0] = random_between(random, random_chance(random, 5) ? 0 : 1, 9);
  for (int64_t axis = 0; axis < space; axis++) {
    int64_t stride = random_between(random, 1, 3), dilation = random_chance(random, 80) ? 1 : 2;
    int64_t kernel = random_between(random, 1, 4), window = (kernel - 1) * dilation + 1;
    int64_t low = random_between(random, 0, window - 1), high = random_between(random, 0, window - 1);
    int64_t least = window - low - high;
    int64_t input = random_between(random, least > 1 ? least : 1, (least > 1 ? least : 1) + 9);
    attributes[0][axis] = stride;
    attributes[1][axis] = low;
    attributes[2][axis] = high;
    attributes[3][axis] = dilation;
    all.input[axis + 1] = input;
    all.kernel[axis] = kernel;
    all.output[axis + 1] = (input + low + high - window) / stride + 1;
  }
  int64_t channels = random_between(random, random_chance(random, 5) ? 0 : 1, 20), features = groups * random_between(random, 1, 10);
  all.input[space + 1] = channels * groups;
  all.kernel[space] = channels;
  all.kernel[space + 1] = all.output[space + 1] = features;
  add_attributes(call, space, (const int64_t (*)[3])attributes, groups, random_between(random, 0, 1));
  return all;
}

static void make_forward(Random *random, Call *call) {
  Convolution all = make_convolution(random, call);
  add_argument(call, all.type, all.rank, all.input);
  add_argument(call, all.type, all.rank, all.kernel);
  add_result(call, all.type, all.rank, all.output);
}

static void make_input_gradient(Random *random, Call *call) {
  Convolution all = make_convolution(random, call);
  add_argument(call, all.type, all.rank, all.output);
  add_argument(call, all.type, all.rank, all.kernel);
  add_result(call, all.type, all.rank, all.input);
}

static void make_kernel_gradient(Random *random, Call *call) {
  Convolution all = make_convolution(random, call);
  add_argument(call, all.type, all.rank, all.input);
  add_argument(call, all.type, all.rank, all.output);
  add_result(call, all.type, all.rank, all.kernel);
}

static void make_dot(Random *random, Call *call) {
  int type = random_chance(random, 30) ? XLA_FFI_DataType_F32 : XLA_FFI_DataType_BF16;
  int64_t rank = random_between(random, 2, 4), left[MOST_AXES], right[MOST_AXES], product[MOST_AXES];
  for (int64_t axis = 0; axis < rank - 2; axis++) left[axis] = right[axis] = product[axis] = random_between(random, 1, 3);
  int64_t least = random_chance(random, 10) ? 0 : 1, rows = random_between(random, least, 50);
  int64_t inner = random_between(random, least, least == 0 ? 4 : 50), columns = random_between(random, least, 50);
  int64_t is_left = random_between(random, 0, 1), is_right = random_between(random, 0, 1);
  left[rank - 2] = is_left ? inner : rows;
  left[rank - 1] = is_left ? rows : inner;
  right[rank - 2] = is_right ? columns : inner;
  right[rank - 1] = is_right ? inner : columns;
  product[rank - 2] = rows;
  product[rank - 1] = columns;
  add_argument(call, type, rank, left);
  add_argument(call, type, rank, right);
  add_result(call, type, rank, product);
  add_integer(call, "transposed_left", is_left);
  add_integer(call, "transposed_right", is_right);
}

const Maker product_makers[] = {
  {"tanren.convolution_input_gradient.", make_input_gradient},
  {"tanren.convolution_kernel_gradient.", make_kernel_gradient},
  {"tanren.convolution.", make_forward},
  {"tanren.dot.", make_dot},
  {NULL, NULL},
};
