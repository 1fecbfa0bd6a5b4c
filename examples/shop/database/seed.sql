CREATE TABLE stock (
  sku text PRIMARY KEY,
  free int NOT NULL,
  price_cents int NOT NULL
);

CREATE TABLE orders (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer text NOT NULL,
  lines int NOT NULL,
  total_cents int NOT NULL
);

CREATE TABLE ledger (
  account text NOT NULL,
  cents int NOT NULL
);

INSERT INTO stock
SELECT 'sku-' || lpad(number::text, 2, '0'), 100, 199 + number * 50
FROM generate_series(1, 40) AS number;
