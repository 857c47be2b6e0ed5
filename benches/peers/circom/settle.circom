pragma circom 2.1.0;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/poseidon.circom";

// The root above a leaf of a binary tree of this depth; index[0] is the lowest bit of the leaf's number.
template Root(depth) {
    signal input leaf;
    signal input index[depth];
    signal input path[depth];
    signal output out;
    signal swap[depth];
    component node[depth];
    for (var h = 0; h < depth; h++) {
        var below = h == 0 ? leaf : node[h - 1].out;
        swap[h] <== index[h] * (path[h] - below);
        node[h] = Poseidon(2);
        node[h].inputs[0] <== below + swap[h];
        node[h].inputs[1] <== path[h] - swap[h];
    }
    out <== node[depth - 1].out;
}

// Lots times payoff, negative for the short side. The moneyness is the difference of two 64-bit halves, one of which is 0.
template Value() {
    signal input price;
    signal input put;
    signal input short;
    signal input strike;
    signal input lots;
    signal output out;
    signal turned <== (price - strike) * put;
    signal payoff <-- put == 1 ? (strike > price ? strike - price : 0) : (price > strike ? price - strike : 0);
    signal other <== payoff - (price - strike - 2 * turned);
    payoff * other === 0;
    component payoffBits = Num2Bits(64);
    payoffBits.in <== payoff;
    component otherBits = Num2Bits(64);
    otherBits.in <== other;
    component lotsBits = Num2Bits(64);
    lotsBits.in <== lots;
    signal amount <== lots * payoff;
    signal below <== amount * short;
    out <== amount - 2 * below;
}

// One account: its leaf, what its position pays, and the root above the leaf.
template Opened(depth) {
    signal input price;
    signal input index[depth];
    signal input path[depth];
    signal input owner;
    signal input cash;
    signal input put;
    signal input short;
    signal input strike;
    signal input lots;
    signal input blinding;
    signal output leaf;
    signal output root;
    signal output value;
    put * (put - 1) === 0;
    short * (short - 1) === 0;
    for (var h = 0; h < depth; h++) {
        index[h] * (index[h] - 1) === 0;
    }
    component hash = Poseidon(6);
    hash.inputs[0] <== owner;
    hash.inputs[1] <== cash;
    hash.inputs[2] <== put + 2 * short;
    hash.inputs[3] <== strike;
    hash.inputs[4] <== lots;
    hash.inputs[5] <== blinding;
    leaf <== hash.out;
    component up = Root(depth);
    up.leaf <== leaf;
    component pays = Value();
    pays.price <== price;
    pays.put <== put;
    pays.short <== short;
    pays.strike <== strike;
    pays.lots <== lots;
    for (var h = 0; h < depth; h++) {
        up.index[h] <== index[h];
        up.path[h] <== path[h];
    }
    root <== up.out;
    value <== pays.out;
}

// n accounts of one book, what their positions pay, and a digest of their leaves.
template Membership(n, depth) {
    signal input price;
    signal input book;
    signal input digest;
    signal input total;
    signal input index[n][depth];
    signal input path[n][depth];
    signal input owner[n];
    signal input cash[n];
    signal input put[n];
    signal input short[n];
    signal input strike[n];
    signal input lots[n];
    signal input blinding[n];
    component opened[n];
    component running[n];
    var sum = 0;
    for (var i = 0; i < n; i++) {
        opened[i] = Opened(depth);
        opened[i].price <== price;
        opened[i].index <== index[i];
        opened[i].path <== path[i];
        opened[i].owner <== owner[i];
        opened[i].cash <== cash[i];
        opened[i].put <== put[i];
        opened[i].short <== short[i];
        opened[i].strike <== strike[i];
        opened[i].lots <== lots[i];
        opened[i].blinding <== blinding[i];
        opened[i].root === book;
        running[i] = Poseidon(2);
        running[i].inputs[0] <== i == 0 ? 0 : running[i - 1].out;
        running[i].inputs[1] <== opened[i].leaf;
        sum += opened[i].value;
    }
    running[n - 1].out === digest;
    sum === total;
}

// n accounts settled one after the other: each opens under the root that the one before left, and its new leaf takes its place.
template Update(n, depth) {
    signal input price;
    signal input book;
    signal input new_book;
    signal input total;
    signal input index[n][depth];
    signal input path[n][depth];
    signal input owner[n];
    signal input cash[n];
    signal input put[n];
    signal input short[n];
    signal input strike[n];
    signal input lots[n];
    signal input blinding[n];
    signal input new_blinding[n];
    component opened[n];
    component cashBits[n];
    component leaf[n];
    component up[n];
    var sum = 0;
    for (var i = 0; i < n; i++) {
        opened[i] = Opened(depth);
        opened[i].price <== price;
        opened[i].index <== index[i];
        opened[i].path <== path[i];
        opened[i].owner <== owner[i];
        opened[i].cash <== cash[i];
        opened[i].put <== put[i];
        opened[i].short <== short[i];
        opened[i].strike <== strike[i];
        opened[i].lots <== lots[i];
        opened[i].blinding <== blinding[i];
        if (i == 0) {
            opened[i].root === book;
        } else {
            opened[i].root === up[i - 1].out;
        }
        cashBits[i] = Num2Bits(128);
        cashBits[i].in <== cash[i] + opened[i].value;
        leaf[i] = Poseidon(6);
        leaf[i].inputs[0] <== owner[i];
        leaf[i].inputs[1] <== cash[i] + opened[i].value;
        leaf[i].inputs[2] <== 0;
        leaf[i].inputs[3] <== 0;
        leaf[i].inputs[4] <== 0;
        leaf[i].inputs[5] <== new_blinding[i];
        up[i] = Root(depth);
        up[i].leaf <== leaf[i].out;
        up[i].index <== index[i];
        up[i].path <== path[i];
        sum += opened[i].value;
    }
    up[n - 1].out === new_book;
    sum === total;
}
