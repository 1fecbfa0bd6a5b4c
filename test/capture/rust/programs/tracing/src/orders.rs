pub struct OrderService {
    pub stock: u32,
}

impl OrderService {
    #[tracing::instrument(skip(self))] // @row reserve | internal | OrderService::reserve
    pub fn reserve(&self, count: u32) -> bool {
        tracing::info_span!("compare").in_scope(|| self.stock >= count) // @row compare | internal | OrderService::reserve
    }
}

pub fn price() -> u32 {
    tracing::info_span!("price").in_scope(|| 2) // @row price | internal | price
}
